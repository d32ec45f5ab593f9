import type {TopLevelSpec} from 'vega-lite'
import type {Unit} from '../../catalogue/catalogue.ts'
import type {Quantity} from '../../query/metric-query.ts'
import {unitText} from '../quantity-text.ts'

/** A phone and everything wider; the page shows the one that fits. */
export type ChartWidth = 'narrow' | 'wide'
export const pixels: Readonly<Record<ChartWidth, number>> = {narrow: 330, wide: 640}

/** What every chart has in common. */
export function frame(width: ChartWidth, height: number) {
  return {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    width: pixels[width],
    height,
    autosize: {type: 'fit' as const, contains: 'padding' as const},
    background: 'transparent',
    padding: 4,
    config,
  }
}

const config = {
  aria: false,
  font: 'system-ui, sans-serif',
  view: {stroke: null},
  text: {fontSize: 12},
  axis: {
    labelColor: 'var(--soft)',
    titleColor: 'var(--soft)',
    titleFontWeight: 'normal' as const,
    labelFontSize: 12,
    titleFontSize: 12,
    gridColor: 'var(--line)',
    domainColor: 'var(--line)',
    tickColor: 'var(--line)',
    labelLimit: 200,
  },
}

export function valueAxis(unit: Unit, width: ChartWidth) {
  const title = unitText(unit)
  return {
    title: title === undefined || unit.kind === 'share' ? null : title,
    titleAngle: 0,
    titleAlign: 'left' as const,
    titleX: -4,
    titleY: -10,
    tickCount: width === 'narrow' ? 4 : 5,
    // A line that begins on the axis would run into the label of its first point.
    labelPadding: 6,
    domain: false,
    ticks: false,
    ...(unit.kind === 'count' ? {tickMinStep: 1} : {}),
    ...(unit.kind === 'share'
      ? {format: '.3~p'}
      : {labelExpr: "abs(datum.value) < 1 ? format(datum.value, '.3~f') : format(datum.value, '.3~s')"}),
  }
}

/** For geometry alone: what is written comes from the exact digits. */
export function scaled(value: Quantity, unit: Unit): number | null {
  if (value === null) return null
  return unit.kind === 'bytes' ? Number(value) / 1_073_741_824 : Number(value)
}

export function shortened(text: string, length: number): string {
  const characters = [...text]
  return characters.length <= length ? text : `${characters.slice(0, length - 1).join('')}…`
}

/** Zero-width spaces behind labels that read alike, such as a value that is called Other. */
export function distinct(labels: readonly string[]): string[] {
  return labels.map(
    (label, index) => label + '\u200b'.repeat(labels.slice(0, index).filter(each => each === label).length),
  )
}

/** A chart as SVG text, without script and style: the page's own variables are its colours. */
export async function svgOf(spec: TopLevelSpec): Promise<string> {
  const [vega, {compile}] = await Promise.all([import('vega'), import('vega-lite')])
  const silent = vega.logger(vega.None)
  const view = new vega.View(vega.parse(compile(spec, {logger: silent}).spec), {renderer: 'none', logger: silent})
  const svg = await view.toSVG()
  view.finalize()
  // The element around it says in words what it shows; what is inside is a picture.
  return svg
    .replaceAll(/ (role|aria-roledescription|aria-hidden|aria-label)="[^"]*"/g, '')
    .replace('<svg ', '<svg aria-hidden="true" ')
}

/** A value for Vega's expressions, whose strings are those of ECMAScript 5: without U+2028 and U+2029. */
export const expressionLiteral = (value: unknown) =>
  JSON.stringify(value).replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029')
