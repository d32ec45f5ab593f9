import {readFile} from 'node:fs/promises'
import {createRequire} from 'node:module'
import {fileURLToPath} from 'node:url'
import type {DashboardData} from '../../build/dashboard-data.ts'
import {renderPage} from '../html/page.ts'
import {templateFile} from '../template-file.ts'
import {interactiveChart} from './interactive-chart.ts'

/** The page with charts that can be hovered and hidden: ECharts stands in it, so that it still asks for nothing. */
export async function renderInteractive(data: DashboardData): Promise<string> {
  const charts = data.panels.flatMap(shown =>
    'data' in shown ? (interactiveChart(shown.panel, shown.data, data.period) ?? []) : [],
  )
  return renderPage(data, {
    data: {id: 'dashboard-charts', value: {charts}},
    scripts: [await readFile(libraryFile(), 'utf8'), await readFile(templateFile('interactive.js'), 'utf8')],
    note:
      'Charts with lines, columns or dots can be pointed at, and a word of a legend hides its series in that chart. Key figures, ' +
      'lists with bars, funnels and heat maps are as they were built, and so is every table: nothing on this page filters.',
    style:
      '.additions{margin:12px 0 0}@media print{.additions{display:none}}' +
      '.interactive{width:100%}.chart[hidden]{display:none}' +
      '.legend button{font:inherit;color:inherit;background:none;border:0;padding:2px 0;cursor:pointer;text-align:left}' +
      '.legend button[aria-pressed=false]{text-decoration:line-through;color:var(--soft)}' +
      '.legend button:focus-visible{outline:3px solid var(--series-0);outline-offset:2px}' +
      '@media print{.interactive{display:none}.chart.wide[hidden]{display:block}}',
  })
}

/** ECharts with lines, bars, points and tooltips: in its package, or among the program's assets once it is bundled. */
function libraryFile(): string {
  const name = 'echarts.common.min.js'
  if (!import.meta.url.endsWith('.ts')) return fileURLToPath(new URL(`./assets/echarts/${name}`, import.meta.url))
  return createRequire(import.meta.url)
    .resolve('echarts/package.json')
    .replace(/package\.json$/, `dist/${name}`)
}
