import {basename, dirname} from 'node:path'
import {CancelledError, OmniError} from '@omni-ops/core/operation'
import {UnreadableFileError} from './file-kind.ts'
import type {PlacedText} from './placed-text.ts'

export const lanceEnding = '.lance'

/** Columns that may hold a person's data by their Arrow type: text and whole numbers, alone or in lists and structures. */
const readable = /Utf8|U?[Ii]nt(?:8|16|32|64)/
const rowId = '_rowid'

/**
 * The texts and whole numbers of a table of LanceDB, row by row; vectors and binary columns are left out. A row is named by its column `id`,
 * or by LanceDB's own row id. Only the present version is read: older ones and deleted rows may still be in the files.
 *
 * @param path The directory of the table, which ends in `.lance`.
 * @throws UnreadableFileError, CancelledError
 */
export async function* lanceTexts(
  path: string,
  {name, signal}: {readonly name: string; readonly signal: AbortSignal},
): AsyncIterable<PlacedText> {
  try {
    const {connect} = await import('@lancedb/lancedb')
    const connection = await connect(dirname(path))
    const table = basename(path, lanceEnding)
    const opened = await connection.openTable(table)
    try {
      const fields = (await opened.schema()).fields.filter(field => readable.test(String(field.type)))
      const key = fields.some(field => field.name === 'id') ? 'id' : rowId
      const columns = fields.map(field => field.name as string)
      const query = opened.query().select(columns)
      for await (const batch of key === rowId ? query.withRowId() : query) {
        if (signal.aborted) throw new CancelledError()
        for (const values of batch) {
          const row = {[key]: String(values[key])}
          for (const column of columns) yield* textsOf(values[column], column, {table, row})
        }
      }
    } finally {
      opened.close()
      connection.close()
    }
  } catch (error) {
    if (error instanceof OmniError) throw error
    throw new UnreadableFileError(`${name} is no table of LanceDB that can be read: ${(error as Error).message}`, {
      cause: error,
    })
  }
}

/** The texts inside a value as Arrow gives it: a list is iterable, a structure has its fields as properties. */
function* textsOf(value: unknown, field: string, place: PlacedText['place']): Generator<PlacedText> {
  if (value === null || value === undefined) return
  if (typeof value === 'string' || typeof value === 'bigint' || Number.isInteger(value)) {
    const text = String(value)
    if (text !== '') yield {text, field, place}
    return
  }
  if (typeof value !== 'object') return
  if (!('toJSON' in value && typeof value.toJSON === 'function')) return
  const plain: unknown = value.toJSON()
  if (Array.isArray(plain)) {
    for (const each of plain) yield* textsOf(each, field, place)
    return
  }
  for (const [name, each] of Object.entries(plain as object)) yield* textsOf(each, name, place)
}
