import type {DataSession} from '../data/data-session.ts'
import {rendererOf} from '../render/renderers.ts'
import {type BuildRequest, outcomeOf, type PanelOutcome, readDashboard} from './dashboard-data.ts'

export interface BuiltDashboard {
  readonly title: string
  readonly html: string
  readonly panels: readonly PanelOutcome[]
  readonly firstDay: string
  readonly lastDay: string
}

/**
 * Builds a dashboard from data that are loaded.
 * @throws InvalidCatalogueError, InvalidInputError for what no panel could be true with
 * @throws DataNotFoundError where no table has a row
 */
export async function buildDashboard(request: BuildRequest, session: DataSession): Promise<BuiltDashboard> {
  const data = await readDashboard(request, session)
  const {render} = await rendererOf('html')
  return {
    title: data.title,
    html: (await render(data)) as string,
    panels: data.panels.map(outcomeOf),
    firstDay: data.period.current.firstDay,
    lastDay: data.period.current.lastDay,
  }
}
