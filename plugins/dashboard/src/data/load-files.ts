import {readdir, realpath, stat} from 'node:fs/promises'
import {basename, extname, join, resolve} from 'node:path'
import type {Context} from '@omni-ops/core/operation'
import {DataSession} from './data-session.ts'
import {DataNotFoundError, DataQueryError, UnreadableDataError} from './errors.ts'
import {quoted} from './quote.ts'

const readers: Readonly<Record<string, string>> = {
  // Types are found in all rows, which is half of the reading: by a sample, a 12.5 behind whole numbers becomes 13, a
  // time behind dates loses its hours, and quotes that first come late are taken for text, each without an error.
  '.csv': 'read_csv($file, sample_size = -1)',
  '.tsv': 'read_csv($file, sample_size = -1)',
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

const endings = [...Object.keys(readers), ...databases].join(', ')
const kindOf = (path: string) => {
  const ending = extname(path).toLowerCase()
  return readers[ending] !== undefined || databases.includes(ending) ? ending : undefined
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
  try {
    await session.query(`CREATE TABLE ${quoted(table)} AS SELECT * FROM ${readers[ending]}`, {file})
  } catch (error) {
    if (!(error instanceof DataQueryError)) throw error
    throw new UnreadableDataError(`${basename(file)} cannot be read: ${error.message}`, {cause: error})
  }
  await recogniseTimes(table, session)
}

/**
 * Turns columns of text into instants or dates where every value is one. Only full dates in the form of ISO 8601 count,
 * so that no version number and no code becomes a day.
 */
export async function recogniseTimes(table: string, session: DataSession): Promise<void> {
  const columns = (await session.schema()).get(table) ?? new Map()
  const texts = [...columns].filter(([, type]) => type === 'text').map(([name]) => name)
  if (texts.length === 0) return
  const firsts = texts.map(
    (column, index) =>
      `(SELECT ${quoted(column)} FROM ${quoted(table)} WHERE ${quoted(column)} IS NOT NULL LIMIT 1) AS c${index}`,
  )
  const [first = {}] = await session.query(`SELECT ${firsts.join(', ')}`)
  // Every value has to be looked at where the first one is a time, and none where it is not.
  const likely = texts.filter((_, index) => /^\d{4}-\d{2}-\d{2}/.test(String(first[`c${index}`])))
  for (const column of likely) {
    const name = quoted(column)
    const [found] = await session.query(
      `SELECT count(${name}) AS filled,
        count(*) FILTER (regexp_full_match(${name}, '\\d{4}-\\d{2}-\\d{2}') AND TRY_CAST(${name} AS DATE) IS NOT NULL) AS dates,
        count(*) FILTER (regexp_matches(${name}, '^\\d{4}-\\d{2}-\\d{2}[T ]\\d{2}:\\d{2}') AND TRY_CAST(${name} AS TIMESTAMPTZ) IS NOT NULL) AS instants
      FROM ${quoted(table)}`,
    )
    const {filled, dates, instants} = found!
    if (filled === '0' || (dates !== filled && instants !== filled)) continue
    const type = dates === filled ? 'DATE' : 'TIMESTAMPTZ'
    await session.query(
      `ALTER TABLE ${quoted(table)} ALTER ${name} SET DATA TYPE ${type} USING CAST(${name} AS ${type})`,
    )
  }
}
