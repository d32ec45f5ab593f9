import {createHash} from 'node:crypto'
import {readFile} from 'node:fs/promises'
import {join} from 'node:path'
import type {Context} from '@omni-ops/core/operation'
import type {BuiltDashboard} from './build-dashboard.ts'
import type {PanelOutcome} from './dashboard-data.ts'
import type {DashboardDefinition} from './dashboard-definition.ts'
import {keepDefinition} from './definition-shelf.ts'
import type {ProposalTrail} from '../propose/propose-dashboard.ts'
import {dashboardsDirectory, outputDirectory} from './output-directory.ts'
import type {PageTables} from './tables.ts'
import {writeFileWhole} from './write-file.ts'

export interface KeptPage {
  readonly path: string
  readonly title: string
  readonly type: string | null
  readonly sample: boolean
  readonly first_day: string
  readonly last_day: string
  readonly panels: readonly PanelOutcome[]
  readonly sha256: string
  readonly bytes: number
  readonly built_at: string
  /** How a model came to it, or why none did; null where nobody asked in words. */
  readonly proposal: ProposalTrail | null
}

export interface NewPage {
  readonly built: BuiltDashboard
  /** The file's name without its ending. */
  readonly slug: string
  readonly type: string | null
  readonly sample: boolean
  /** What it can be read from again, where that may be kept. */
  readonly definition: DashboardDefinition | undefined
  readonly proposal: ProposalTrail | null
}

export const manifestName = 'manifest.json'

/**
 * Puts pages on a tenant's shelf: files, rows and the manifest beside them. The units of a tenant run one after the
 * other, so that two builds at once leave a manifest with both.
 */
export async function keepPages(
  context: Context,
  pages: readonly NewPage[],
  relative: string,
): Promise<readonly KeptPage[]> {
  const base = dashboardsDirectory(context)
  const directory = await outputDirectory(base, relative)
  const prefix = relative === '' ? '' : `${relative}/`
  const rows = pages.map(({built, slug, type, sample, proposal}): KeptPage => ({
    path: `${prefix}${slug}`,
    title: built.title,
    type,
    sample,
    first_day: built.firstDay,
    last_day: built.lastDay,
    panels: built.panels,
    sha256: digest(built.html),
    bytes: Buffer.byteLength(built.html),
    built_at: context.clock.now().toISOString(),
    proposal,
  }))
  const store = await context.store()
  const details = {pages: rows.map(({path}) => path), sha256: rows.map(({sha256}) => sha256)}
  await store.unit(
    context,
    {audit: {action: 'dashboard.built', resource: `dashboards:${relative || '/'}`, details}},
    async unit => {
      const database = unit.database<PageTables>()
      for (const [index, {built, slug, definition}] of pages.entries()) {
        const row = rows[index]!
        await writeFileWhole(join(directory, `${slug}.html`), built.html)
        await database
          .insertInto('dashboard_pages')
          .values(row)
          .onConflict(conflict => conflict.columns(['path']).doUpdateSet(row))
          .execute()
        await keepDefinition(row.path, definition, unit)
      }
      const all = await database.selectFrom('dashboard_pages').selectAll().orderBy('path').execute()
      const listed = all.map(({tenant: _tenant, ...page}) => ({...page, file: `${page.path}.html`}))
      await writeFileWhole(join(base, manifestName), `${JSON.stringify({version: 1, pages: listed}, null, 2)}\n`)
    },
  )
  return rows
}

export async function keptPages(context: Context): Promise<readonly KeptPage[]> {
  const store = await context.store()
  return store.read<PageTables>(context.tenant).selectFrom('dashboard_pages').selectAll().orderBy('path').execute()
}

/** Whether a page's file is still the one that was built. */
export async function stateOf({path, sha256}: KeptPage, context: Context): Promise<'ready' | 'changed' | 'gone'> {
  const text = await readFile(join(dashboardsDirectory(context), `${path}.html`), 'utf8').catch(() => undefined)
  if (text === undefined) return 'gone'
  return digest(text) === sha256 ? 'ready' : 'changed'
}

const digest = (text: string) => createHash('sha256').update(text).digest('hex')
