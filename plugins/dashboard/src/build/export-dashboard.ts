import {readFile} from 'node:fs/promises'
import {basename} from 'node:path'
import {ConflictError, type Context, InvalidInputError, NotFoundError} from '@omni-ops/core/operation'
import type {DashboardFormat} from '../operations/formats.ts'
import {dataOf} from '../render/json/dashboard-document.ts'
import {readDocument} from '../render/json/read-document.ts'
import {assertFormats} from '../render/renderers.ts'
import {slugOf} from '../templates/index.ts'
import {type RenderedFile, renderDashboard} from './build-dashboard.ts'
import type {BuildResult} from './build-types.ts'
import {publish, type PublishRequest} from './publish.ts'
import {fileOf, type KeptFile, type KeptPage, keptPages, readKept} from './page-shelf.ts'

/** No page has the name or the path that was asked for. */
export class UnknownPageError extends NotFoundError {
  override readonly code = 'unknown_dashboard_page'
}

/** A page is there, and neither the form that was asked for nor the data to make it from. */
export class NotKeptError extends NotFoundError {
  override readonly code = 'dashboard_format_not_kept'
}

/** A file is not the one that was built. */
export class ChangedFileError extends ConflictError {
  override readonly code = 'dashboard_file_changed'
}

export interface ExportedDashboard extends RenderedFile {
  readonly title: string
}

/**
 * A page of the dashboards directory in any form: its own file, or one made from the JSON that lies beside it, with the
 * numbers of when it was built.
 * @param page the path of a page, or a name, of which the page that was built last is taken
 * @throws UnknownPageError, NotKeptError, ChangedFileError, NotConfiguredError
 */
export async function exportKept(page: string, format: DashboardFormat, context: Context): Promise<ExportedDashboard> {
  const found = pageNamed(page, await keptPages(context))
  const {title} = found
  const own = found.files.find(file => file.format === format)
  if (own !== undefined) return {title, format, content: await unchanged(found, own, context)}
  const json = found.files.find(file => file.format === 'json')
  if (json === undefined) {
    const there = found.files.map(file => file.format).join(', ')
    throw new NotKeptError(`${found.path} is kept as ${there}, from which no ${format} can be made`, {
      hint: `build it with --format json, or name its data with --data, --source or --sample`,
    })
  }
  const text = Buffer.from(await unchanged(found, json, context)).toString('utf8')
  return exportDocument(text, fileOf(found.path, 'json'), format, context)
}

function pageNamed(name: string, pages: readonly KeptPage[]): KeptPage {
  const byPath = pages.find(({path}) => path === name)
  if (byPath !== undefined) return byPath
  const [latest] = pages
    .filter(({title}) => slugOf(title) === slugOf(name))
    .toSorted((one, other) => (one.built_at < other.built_at ? 1 : -1))
  if (latest !== undefined) return latest
  throw new UnknownPageError(`There is no page ${name}`, {
    hint: '`omni dashboard generated` lists them; --sample, --source or --data build it anew',
  })
}

async function unchanged(page: KeptPage, file: KeptFile, context: Context): Promise<Uint8Array> {
  const {state, content} = await readKept(page, file, context)
  if (state === 'ready') return content!
  const name = fileOf(page.path, file.format)
  throw new ChangedFileError(state === 'gone' ? `${name} is gone` : `${name} was changed since it was built`, {
    hint: 'build it again',
  })
}

const mostBytes = 64 * 1024 * 1024

/** @throws InvalidInputError for what is no dashboard as JSON */
export async function exportDocument(
  text: string,
  name: string,
  format: DashboardFormat,
  context: Context,
): Promise<ExportedDashboard> {
  await assertFormats([format], context)
  const data = dataOf(readDocument(text, name))
  const {files} = await renderDashboard(data, {formats: [format], context})
  return {title: data.title, ...files[0]!}
}

/** A dashboard of a type that is built for this alone, and kept nowhere. */
export async function exportBuilt(
  name: string,
  format: DashboardFormat,
  request: Omit<PublishRequest, 'names' | 'directory' | 'formats'>,
  context: Context,
): Promise<ExportedDashboard> {
  const {results} = await publish({...request, names: [name], directory: undefined, formats: [format]}, context)
  const [result] = results as [BuildResult]
  if ('error' in result) throw result.error
  if (!('built' in result)) throw new TypeError('a proposal and no dashboard')
  return {title: result.title, ...result.built.files[0]!}
}

/** A dashboard or a page that lies on this machine. */
export async function readDashboardFile(path: string): Promise<string> {
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    throw new InvalidInputError(`${path} cannot be read: ${error.code}`)
  })
  if (bytes.length > mostBytes) throw new InvalidInputError(`${basename(path)} has more than ${mostBytes} bytes`)
  return bytes.toString('utf8')
}
