import type {DataType, Table as ArrowTable, Vector} from 'apache-arrow'
import {passageSchema, type TableRow} from './passage-table.ts'

const numbers = ['ordinal', 'term_count', 'context_term_count'] as const
const texts = ['id', 'document_id', 'source', 'language', 'text', 'details', 'terms', 'grams'] as const

/**
 * Rows as an Arrow table of one batch. LanceDB would make one of plain rows, value by value through generic builders;
 * with the columns known, each is one buffer, in a fifth of the time.
 * Layout of the buffers: https://arrow.apache.org/docs/format/Columnar.html
 * @param dimension of the table's vectors; undefined for a table without.
 */
export async function arrowTableOf(rows: readonly TableRow[], dimension: number | undefined): Promise<ArrowTable> {
  const arrow = await import('apache-arrow')
  const {Field, FixedSizeList, Float32, Int32, List, makeData, Table, Utf8, Vector: ArrowVector} = arrow
  const {length} = rows
  const textData = (values: readonly string[]) => makeData({type: new Utf8(), nullCount: 0, ...utf8Buffers(values)})
  const columns: Record<string, Vector<DataType>> = {}
  for (const name of texts) columns[name] = new ArrowVector([textData(rows.map(row => row[name]))])
  for (const name of numbers) {
    const data = Int32Array.from(rows, row => row[name])
    columns[name] = new ArrowVector([makeData({type: new Int32(), nullCount: 0, data})])
  }
  columns['facets'] = new ArrowVector([
    makeData({
      type: new List(new Field('item', new Utf8(), true)),
      length,
      nullCount: 0,
      valueOffsets: offsetsOf(rows.map(row => row.facets.length)),
      child: textData(rows.flatMap(row => row.facets)),
    }),
  ])
  if (dimension !== undefined) {
    const {present, values} = vectorBuffers(rows, dimension)
    columns['vector'] = new ArrowVector([
      makeData({
        type: new FixedSizeList(dimension, new Field('item', new Float32(), true)),
        length,
        nullCount: rows.filter(({vector}) => !vector).length,
        nullBitmap: present,
        child: makeData({type: new Float32(), nullCount: 0, data: values}),
      }),
    ])
  }
  const schema = await passageSchema(dimension)
  // The constructor takes columns by their place, not by their name.
  return new Table(schema, Object.fromEntries(schema.names.map(name => [name, columns[name as string]!])))
}

/** The bytes of all values, one after the other, and where each begins. */
function utf8Buffers(values: readonly string[]): {length: number; valueOffsets: Int32Array; data: Uint8Array} {
  // Halves of surrogate pairs that were apart must not become a character where they meet.
  const wellFormed = values.map(value => value.toWellFormed())
  const valueOffsets = offsetsOf(wellFormed.map(value => Buffer.byteLength(value)))
  return {length: values.length, valueOffsets, data: Buffer.from(wellFormed.join(''))}
}

function offsetsOf(lengths: readonly number[]): Int32Array {
  const offsets = new Int32Array(lengths.length + 1)
  for (const [at, length] of lengths.entries()) offsets[at + 1] = offsets[at]! + length
  return offsets
}

/** Numbers of absent vectors are zero and mean nothing; a bit says which are there, the lowest first. */
function vectorBuffers(rows: readonly TableRow[], dimension: number): {present: Uint8Array; values: Float32Array} {
  const present = new Uint8Array(Math.ceil(rows.length / 8))
  const values = new Float32Array(rows.length * dimension)
  for (const [at, {vector}] of rows.entries()) {
    if (!vector) continue
    present[at >> 3]! |= 1 << (at & 7)
    values.set(vector, at * dimension)
  }
  return {present, values}
}
