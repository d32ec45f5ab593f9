import {readFile} from 'node:fs/promises'
import type {DashboardData} from '../../build/dashboard-data.ts'
import type {Panel} from '../../spec/dashboard-spec.ts'
import {slugOf} from '../../templates/index.ts'
import {templateFile} from '../template-file.ts'
import {componentName, literal} from './names.ts'

/**
 * A component of React and Recharts in TypeScript, in a file of its own. It holds how the dashboard is laid out and no
 * number: those come as `data`, in the form of JSON.
 */
export async function renderTsx({title, panels}: DashboardData): Promise<string> {
  const parts = await readFile(templateFile('parts.tsx'), 'utf8')
  const name = componentName(title)
  const layout = panels.map(({panel}) => `  {${layoutOf(panel)}},\n`).join('')
  return `${parts}
export const title = ${literal(title)}

export const route = ${literal(`/dashboards/${slugOf(title)}`)}

const layout: readonly PanelLayout[] = [
${layout}]

export function ${name}(props: DashboardProps): ReactNode {
  return <DashboardView {...props} heading={title} layout={layout} />
}

export default ${name}
`
}

function layoutOf(panel: Panel): string {
  const shared = `id: ${literal(panel.id)}, kind: ${literal(panel.kind)}, title: ${literal(panel.title)}`
  switch (panel.kind) {
    case 'figure':
    case 'funnel':
    case 'matrix':
      return shared
    case 'trend':
    case 'breakdown':
      return `${shared}, mark: ${literal(panel.mark)}`
  }
}
