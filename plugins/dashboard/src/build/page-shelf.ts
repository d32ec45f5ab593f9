import {createHash} from 'node:crypto'
import {readFile, rm} from 'node:fs/promises'
import {join} from 'node:path'
import {writeWhole} from '@omni-ops/core/files'
import type {Context} from '@omni-ops/core/operation'
import {dashboardFormats, type DashboardFormat, formatFiles} from '../operations/formats.ts'
import type {BuiltDashboard} from './build-dashboard.ts'
import type {PanelOutcome} from './dashboard-data.ts'
import type {DashboardDefinition} from './dashboard-definition.ts'
import {keepDefinition} from './definition-shelf.ts'
import type {ProposalTrail} from '../propose/propose-dashboard.ts'
import {dashboardsDirectory, outputDirectory} from './output-directory.ts'
import type {PageTables} from './tables.ts'

export interface KeptFile {
  readonly format: DashboardFormat
  readonly sha256: string
  readonly bytes: number
}

interface PageRow {
  readonly path: string
  readonly title: string
  readonly type: string | null
  readonly sample: boolean
  readonly first_day: string
  readonly last_day: string
  readonly panels: readonly PanelOutcome[]
  /** Of its first file. */
  readonly sha256: string
  readonly bytes: number
  readonly built_at: string
  /** How a model came to it, or why none did; null where nobody asked in words. */
  readonly proposal: ProposalTrail | null
}

export interface KeptPage extends PageRow {
  /** At least one, HTML first where it is there. */
  readonly files: readonly KeptFile[]
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

/** A page's file below the dashboards directory. */
export const fileOf = (path: string, format: DashboardFormat) => `${path}${formatFiles[format].suffix}`

/** The file of a page that a person opens first. */
export const firstFileOf = ({path, files}: Pick<KeptPage, 'path' | 'files'>) => fileOf(path, files[0]!.format)

/**
 * Puts pages on a tenant's shelf: files, rows and the manifest beside them. The units of a tenant run one after the
 * other, so that two builds at once leave a manifest with both. Files of formats that were not built this time are
 * removed, since they would tell of other data than those beside them.
 */
export async function keepPages(
  context: Context,
  pages: readonly NewPage[],
  relative: string,
): Promise<readonly KeptPage[]> {
  const base = dashboardsDirectory(context)
  const directory = await outputDirectory(base, relative)
  const prefix = relative === '' ? '' : `${relative}/`
  const builtAt = context.clock.now().toISOString()
  const kept = pages.map(page => keptPage(page, `${prefix}${page.slug}`, builtAt))
  const store = await context.store()
  const details = {pages: kept.map(({path}) => path), sha256: kept.map(({sha256}) => sha256)}
  await store.unit(
    context,
    {audit: {action: 'dashboard.built', resource: `dashboards:${relative || '/'}`, details}},
    async unit => {
      const database = unit.database<PageTables>()
      for (const [index, {built, slug, definition}] of pages.entries()) {
        const {files, ...row} = kept[index]!
        for (const {format, content} of built.files) await writeWhole(join(directory, fileOf(slug, format)), content)
        const former = await database
          .selectFrom('dashboard_files')
          .select('format')
          .where('path', '=', row.path)
          .execute()
        for (const format of [...former.map(each => each.format as DashboardFormat), 'html' as const]) {
          if (!files.some(file => file.format === format))
            await rm(join(directory, fileOf(slug, format)), {force: true})
        }
        await database.deleteFrom('dashboard_files').where('path', '=', row.path).execute()
        await database
          .insertInto('dashboard_files')
          .values(files.map(file => ({path: row.path, ...file})))
          .execute()
        await database
          .insertInto('dashboard_pages')
          .values(row)
          .onConflict(conflict => conflict.columns(['path']).doUpdateSet(row))
          .execute()
        await keepDefinition(row.path, definition, unit)
      }
      const rows = await database.selectFrom('dashboard_pages').selectAll().orderBy('path').execute()
      const files = await database.selectFrom('dashboard_files').selectAll().execute()
      const listed = withFiles(rows, files).map(({tenant: _tenant, ...page}) => ({
        ...page,
        file: firstFileOf(page),
        files: page.files.map(file => ({...file, file: fileOf(page.path, file.format)})),
      }))
      await writeWhole(join(base, manifestName), `${JSON.stringify({version: 1, pages: listed}, null, 2)}\n`)
    },
  )
  return kept
}

function keptPage({built, type, sample, proposal}: NewPage, path: string, builtAt: string): KeptPage {
  const files = inOrder(
    built.files.map(({format, content}) => ({
      format,
      sha256: digest(content),
      bytes: Buffer.byteLength(content),
    })),
  )
  const [first] = files as [KeptFile]
  return {
    path,
    title: built.title,
    type,
    sample,
    first_day: built.firstDay,
    last_day: built.lastDay,
    panels: built.panels,
    sha256: first.sha256,
    bytes: first.bytes,
    built_at: builtAt,
    proposal,
    files,
  }
}

const inOrder = (files: readonly KeptFile[]) =>
  files.toSorted((one, other) => dashboardFormats.indexOf(one.format) - dashboardFormats.indexOf(other.format))

function withFiles<Row extends PageRow>(
  rows: readonly Row[],
  files: readonly {readonly path: string; readonly format: string; readonly sha256: string; readonly bytes: number}[],
): readonly (Row & KeptPage)[] {
  const byPath = Map.groupBy(files, ({path}) => path)
  return rows.map(row => {
    const own = (byPath.get(row.path) ?? []).map(({format, sha256, bytes}) => ({
      format: format as DashboardFormat,
      sha256,
      bytes,
    }))
    const {sha256, bytes} = row
    return {...row, files: own.length === 0 ? [{format: 'html' as const, sha256, bytes}] : inOrder(own)}
  })
}

export async function keptPages(context: Context): Promise<readonly KeptPage[]> {
  const store = await context.store()
  const database = store.read<PageTables>(context.tenant)
  const rows = await database.selectFrom('dashboard_pages').selectAll().orderBy('path').execute()
  return withFiles(rows, await database.selectFrom('dashboard_files').selectAll().execute())
}

export type PageState = 'ready' | 'changed' | 'gone'

/** Whether a page's files are still those that were built. */
export async function stateOf(page: KeptPage, context: Context): Promise<PageState> {
  const states = await Promise.all(page.files.map(async file => (await readKept(page, file, context)).state))
  return states.includes('gone') ? 'gone' : states.includes('changed') ? 'changed' : 'ready'
}

/** A file as it lies in the dashboards directory. */
export async function readKept(
  {path}: Pick<KeptPage, 'path'>,
  {format, sha256}: KeptFile,
  context: Pick<Context, 'directories' | 'tenant'>,
): Promise<{readonly state: PageState; readonly content?: Uint8Array}> {
  const content = await readFile(join(dashboardsDirectory(context), fileOf(path, format))).catch(() => undefined)
  if (content === undefined) return {state: 'gone'}
  return {state: digest(content) === sha256 ? 'ready' : 'changed', content}
}

const digest = (content: string | Uint8Array) => createHash('sha256').update(content).digest('hex')
