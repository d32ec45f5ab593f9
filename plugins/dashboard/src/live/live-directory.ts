import {type Context, ConflictError, DeniedError} from '@omni-ops/core/operation'
import type {DashboardDefinition} from '../build/dashboard-definition.ts'
import {keptDefinitions} from '../build/definition-shelf.ts'
import {pageId, pageOfId, unknownDashboard} from '../build/page-of-id.ts'
import {keptPages} from '../build/page-shelf.ts'
import type {LiveDashboard} from './live-view.ts'

/** A dashboard as an index lists it. */
export interface ListedDashboard {
  readonly id: string
  readonly title: string
  readonly summary: string | undefined
  readonly sample: boolean
  /** Why it cannot be read again, where that is so. */
  readonly problem: string | undefined
}

/** Which dashboards there are to look at. */
export interface LiveDirectory {
  list(context: Context): Promise<readonly ListedDashboard[]>
  /** @throws UnknownDashboardError, NotLiveError, ForeignFilesError */
  find(id: string, context: Context): Promise<LiveDashboard>
}

/** What a page was built from is not known: it was built before that was kept, or from what may not be kept. */
export class NotLiveError extends ConflictError {
  override readonly code = 'dashboard_not_live'
}

/** A page was built from files of whoever built it, which a server does not open for others. */
export class ForeignFilesError extends DeniedError {
  override readonly code = 'foreign_files'
}

/** Dashboards that a command was told of. */
export function givenDashboards(dashboards: readonly LiveDashboard[]): LiveDirectory {
  return {
    async list() {
      return dashboards.map(({id, title, definition}) => ({
        id,
        title,
        summary: definition.spec.summary,
        sample: definition.data.kind === 'sample',
        problem: undefined,
      }))
    },
    async find(id) {
      const found = dashboards.find(each => each.id === id)
      if (found === undefined) throw unknownDashboard(id)
      return found
    },
  }
}

/** The pages that a tenant has built. */
export const keptDashboards: LiveDirectory = {
  async list(context) {
    const definitions = await keptDefinitions(context)
    return (await keptPages(context)).map(({path, title, sample}) => {
      const definition = definitions.get(path)
      const summary = definition?.spec.summary
      const problem = notLive(path, definition, context)?.message
      return {id: pageId(path), title, summary, sample, problem}
    })
  },
  async find(id, context) {
    const {path, title} = await pageOfId(id, context)
    const definition = (await keptDefinitions(context)).get(path)
    const error = notLive(path, definition, context)
    if (error !== undefined) throw error
    return {id, title, definition: definition!}
  },
}

/** Why a page cannot be read again by the caller; undefined where it can. */
export function notLive(
  path: string,
  definition: DashboardDefinition | undefined,
  {principal}: Pick<Context, 'principal'>,
): NotLiveError | ForeignFilesError | undefined {
  if (definition === undefined) {
    return new NotLiveError(`What ${path} was built from was not kept`, {
      hint: 'build it again, from files, a source or the sample',
    })
  }
  if (definition.data.kind !== 'files' || principal.kind === 'local') return undefined
  return new ForeignFilesError(`${path} was built from files, and a server opens no files of whoever built it`, {
    hint: 'build it from a source of dashboard.sources',
  })
}
