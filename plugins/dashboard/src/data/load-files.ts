import {readdir, realpath, stat} from 'node:fs/promises'
import {basename, extname, join, resolve} from 'node:path'
import type {Context} from '@omni-ops/core/operation'
import {DataSession} from './data-session.ts'
import {DataNotFoundError, DataQueryError, UnreadableDataError} from './errors.ts'
import {loadTextFile} from './load-text-file.ts'
import {quoted} from './quote.ts'
import {recogniseTimes} from './recognise-times.ts'

const textFiles = ['.csv', '.tsv']
const readers: Readonly<Record<string, string>> = {
  '.json': 'read_json($file, sample_size = -1)',
  '.jsonl': 'read_json($file, sample_size = -1)',
  '.ndjson': 'read_json($file, sample_size = -1)',
  '.parquet': 'read_parquet($file)',
}
const databases = ['.db', '.sqlite', '.sqlite3']

/** What is read: a CSV, JSON, Parquet or SQLite file, or a directory of them. */
export async function openFiles(
  location: string,
  context: Pick<Context, 'signal' | 'workingDirectory'>,
): Promise<DataSession> {
  const files = await dataFiles(resolve(context.workingDirectory, location))
  const session = await DataSession.open({files, signal: context.signal})
  try {
    for (const file of files) await load(file, session)
    return session
  } catch (error) {
    await session.close()
    throw error
  }
}

async function dataFiles(path: string): Promise<readonly string[]> {
  const found = await stat(path).catch(() => undefined)
  if (found === undefined) throw new DataNotFoundError(`There is no data at ${path}`)
  if (found.isFile()) {
    if (kindOf(path) === undefined) {
      throw new UnreadableDataError(`${basename(path)} is no kind of data that is known`, {hint: `name it ${endings}`})
    }
    return [await plainPath(path)]
  }
  const names = found.isDirectory() ? await readdir(path) : []
  const files = names.filter(name => kindOf(name) !== undefined).toSorted()
  if (files.length === 0) throw new DataNotFoundError(`There is no data in ${path}`, {hint: `it reads ${endings}`})
  return Promise.all(files.map(name => plainPath(join(path, name))))
}

const kinds = [...textFiles, ...Object.keys(readers), ...databases]
const endings = kinds.join(', ')
const kindOf = (path: string) => {
  const ending = extname(path).toLowerCase()
  return kinds.includes(ending) ? ending : undefined
}

/** DuckDB takes a path with `*`, `?` or `[` for a pattern of several files. */
async function plainPath(path: string): Promise<string> {
  const real = await realpath(path)
  if (/[*?[\]]/.test(real))
    throw new UnreadableDataError(`${real} has a character of a pattern in its path`, {hint: 'rename it'})
  return real
}

async function load(file: string, session: DataSession): Promise<void> {
  const ending = extname(file).toLowerCase()
  if (databases.includes(ending)) {
    const {loadSqlite} = await import('./load-sqlite.ts')
    return loadSqlite(file, session)
  }
  const table = basename(file, extname(file))
  if (textFiles.includes(ending)) {
    await loadTextFile(file, table, session)
    return recogniseTimes(table, session)
  }
  try {
    await session.query(`CREATE TABLE ${quoted(table)} AS SELECT * FROM ${readers[ending]}`, {file})
  } catch (error) {
    if (!(error instanceof DataQueryError)) throw error
    // DuckDB names the whole path, which is no business of a server's clients.
    const said = error.message
      .replace(/^.*? Error: /, '')
      .replaceAll(file, basename(file))
      .trim()
    throw new UnreadableDataError(`${basename(file)} cannot be read: ${said}`, {cause: error})
  }
  await recogniseTimes(table, session)
}
