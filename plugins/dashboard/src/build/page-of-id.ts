import {type Context, NotFoundError} from '@omni-ops/core/operation'
import {slugOf} from '../templates/index.ts'
import {type KeptPage, keptPages} from './page-shelf.ts'

/** No page of the tenant has the id. */
export class UnknownDashboardError extends NotFoundError {
  override readonly code = 'unknown_dashboard'
}

/** The file of a page is no longer there. */
export class MissingPageError extends NotFoundError {
  override readonly code = 'dashboard_page_gone'
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

/**
 * The page that somebody means: by its id, by its name, of which it is the one that was built last, or the last of all.
 * @throws UnknownDashboardError
 */
export async function pageNamed(name: string | undefined, context: Context): Promise<KeptPage> {
  const pages = await keptPages(context)
  const latest = (some: readonly KeptPage[]) =>
    some.toSorted((one, other) => (one.built_at < other.built_at ? 1 : -1))[0]
  const found =
    name === undefined
      ? latest(pages)
      : (pages.find(({path}) => pageId(path) === name || path === name) ??
        latest(pages.filter(({title}) => slugOf(title) === slugOf(name))))
  if (found !== undefined) return found
  if (name !== undefined) throw unknownDashboard(name)
  throw new UnknownDashboardError('There is no dashboard yet', {
    hint: '`omni dashboard build --all --sample` makes some from sample data',
  })
}
