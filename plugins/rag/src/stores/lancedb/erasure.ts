import {readdir} from 'node:fs/promises'
import {join} from 'node:path'
import type {Table} from '@lancedb/lancedb'
import {slices} from '../slices.ts'
import {arrowTableOf} from './arrow-rows.ts'
import {
  createLookupIndex,
  createTextIndex,
  dimensionOf,
  indexedColumns,
  lookupColumns,
  rowColumns,
  rowsOf,
  tableRowOf,
} from './passage-table.ts'
import {createVectorIndex} from './vector-index.ts'

/** Rows that are read and written at once. */
const ROWS_AT_ONCE = 1_000

/**
 * The fragments of which rows were ever deleted, by the names of Lance's deletion files: `FRAGMENT-VERSION-ID.arrow`
 * or `.bin` (https://lance.org/format/table/, Deletion Files).
 */
export async function fragmentsWithDeletions(tableDirectory: string): Promise<ReadonlySet<bigint>> {
  const names = await readdir(join(tableDirectory, '_deletions')).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw error
  })
  return new Set(names.flatMap(name => /^\d+(?=-)/u.exec(name)?.map(BigInt) ?? []))
}

/**
 * Writes the rows that are left in some fragments anew, so that nothing of the fragments is used any more.
 * @param fragments all, where it is undefined.
 */
export async function rewriteFragments(table: Table, fragments: ReadonlySet<bigint> | undefined): Promise<void> {
  if (fragments?.size === 0) return
  const rowIds: bigint[] = []
  for await (const batch of table.query().select(['ordinal']).withRowId()) {
    // A row's id is its address: the fragment in the upper 32 bits, the place in it in the lower.
    for (const rowId of batch.getChild('_rowid')!.toArray() as BigUint64Array) {
      if (fragments?.has(rowId >> 32n) ?? true) rowIds.push(rowId)
    }
  }
  const dimension = await dimensionOf(table)
  const dense = dimension !== undefined
  for (const some of slices(rowIds, ROWS_AT_ONCE)) {
    const rows = rowsOf(
      await table
        .takeRowIds(some)
        .select([...rowColumns, ...(dense ? ['vector'] : [])])
        .toArrow(),
    )
    await table
      .mergeInsert('id')
      .whenMatchedUpdateAll()
      .execute(
        await arrowTableOf(
          rows.map(row => tableRowOf(row, dense)),
          dimension,
        ),
      )
  }
}

/** Makes every index of the table anew: what it has of rows that are gone is not in the new one. */
export async function remakeIndexes(table: Table): Promise<void> {
  for (const column of ['terms', 'grams']) await createTextIndex(table, column)
  const indexed = await indexedColumns(table)
  for (const column of lookupColumns) if (indexed.has(column)) await createLookupIndex(table, column)
  const vectors = (await table.listIndices()).find(({columns}) => columns.includes('vector'))
  if (vectors === undefined) return
  await table.dropIndex(vectors.name)
  await createVectorIndex(table)
}
