import type {DataSession} from '../data/data-session.ts'
import type {DashboardFormat} from '../operations/formats.ts'
import {type RenderContext, rendererOf} from '../render/renderers.ts'
import {type BuildRequest, type DashboardData, outcomeOf, type PanelOutcome, readDashboard} from './dashboard-data.ts'

export interface RenderedFile {
  readonly format: DashboardFormat
  readonly content: string | Uint8Array
}

export interface BuiltDashboard {
  readonly title: string
  /** One for each format, in the order in which formats were asked for. */
  readonly files: readonly RenderedFile[]
  readonly panels: readonly PanelOutcome[]
  readonly firstDay: string
  readonly lastDay: string
}

export interface Rendering {
  readonly formats: readonly DashboardFormat[]
  readonly context: RenderContext
}

/**
 * Builds a dashboard from data that are loaded.
 * @throws InvalidCatalogueError, InvalidInputError for what no panel could be true with
 * @throws DataNotFoundError where no table has a row
 */
export async function buildDashboard(
  request: BuildRequest,
  session: DataSession,
  rendering: Rendering,
): Promise<BuiltDashboard> {
  return renderDashboard(await readDashboard(request, session), rendering)
}

/** Gives data that were read the forms that are asked for. */
export async function renderDashboard(data: DashboardData, {formats, context}: Rendering): Promise<BuiltDashboard> {
  const files: RenderedFile[] = []
  for (const format of new Set(formats)) {
    const {render} = await rendererOf(format)
    files.push({format, content: await render(data, context)})
  }
  return {
    title: data.title,
    files,
    panels: data.panels.map(outcomeOf),
    firstDay: data.period.current.firstDay,
    lastDay: data.period.current.lastDay,
  }
}
