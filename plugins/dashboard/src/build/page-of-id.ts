import {type Context, NotFoundError} from '@omni-ops/core/operation'
import {type KeptPage, keptPages} from './page-shelf.ts'

/** No page of the tenant has the id. */
export class UnknownDashboardError extends NotFoundError {
  override readonly code = 'unknown_dashboard'
}

/** What a page is called in addresses: its path with dots, which no part of a path has. */
export const pageId = (path: string): string => path.replaceAll('/', '.')

/** @throws UnknownDashboardError */
export async function pageOfId(id: string, context: Context): Promise<KeptPage> {
  const found = (await keptPages(context)).find(({path}) => pageId(path) === id)
  if (found !== undefined) return found
  throw unknownDashboard(id)
}

export const unknownDashboard = (id: string): UnknownDashboardError =>
  new UnknownDashboardError(`There is no dashboard ${id}`, {hint: '`omni dashboard generated` lists them'})
