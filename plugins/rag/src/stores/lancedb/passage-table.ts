import type {Table} from '@lancedb/lancedb'
import type {Table as ArrowTable, Schema} from 'apache-arrow'
import {facetsOf} from '../../index/metadata-filter.ts'
import type {Passage} from '../../index/passage.ts'
import {passageId} from '../../index/passage.ts'
import type {PassageRow} from '../passage-store.ts'

/** A row of a collection's table: a passage and what it is searched by. Names are LanceDB columns. */
export interface TableRow {
  readonly id: string
  readonly document_id: string
  readonly ordinal: number
  readonly source: string
  readonly language: string
  readonly text: string
  /** JSON of a PassageDetails. LanceDB reads rows column by column: ten more columns take a search 3 ms longer. */
  readonly details: string
  /** What metadata filters look at; see `facetsOf`. */
  readonly facets: readonly string[]
  /** Stemmed terms, first of the context (title, headings, table header), then of the text, joined by spaces. */
  readonly terms: string
  readonly grams: string
  /** How many terms there are, and how many of them are context. */
  readonly term_count: number
  readonly context_term_count: number
  /** Where the table has vectors. */
  readonly vector?: Float32Array | null
}

/** What of a passage is neither searched nor filtered by. */
type PassageDetails = Pick<Passage, 'start' | 'end' | 'lineStart' | 'lineEnd' | 'headings' | 'metadata'> &
  Partial<Pick<Passage, 'title' | 'tableHeader' | 'situation' | 'page' | 'pageBreaks'>>

/** The columns that make a Passage; the others are never read back for it. */
export const passageColumns = ['document_id', 'ordinal', 'source', 'language', 'text', 'details'] as const

/** All columns that hold something of a passage but its vector. */
export const rowColumns = [...passageColumns, 'terms', 'grams', 'term_count', 'context_term_count'] as const

/**
 * The Arrow schema of a collection's table. Loads apache-arrow, which only a new collection needs.
 * @param dimension of its vectors; undefined for a table without.
 */
export async function passageSchema(dimension: number | undefined): Promise<Schema> {
  const {Field, FixedSizeList, Float32, Int32, List, Schema: ArrowSchema, Utf8} = await import('apache-arrow')
  const text = (name: string) => new Field(name, new Utf8(), false)
  const integer = (name: string) => new Field(name, new Int32(), false)
  const texts = (name: string) => new Field(name, new List(new Field('item', new Utf8(), true)), false)
  return new ArrowSchema([
    text('id'),
    text('document_id'),
    integer('ordinal'),
    text('source'),
    text('language'),
    text('text'),
    text('details'),
    texts('facets'),
    text('terms'),
    text('grams'),
    integer('term_count'),
    integer('context_term_count'),
    ...(dimension === undefined
      ? []
      : [new Field('vector', new FixedSizeList(dimension, new Field('item', new Float32(), true)), true)]),
  ])
}

/**
 * Gives a table of passages without vectors the column for them.
 * By SQL: the engine does not take for a field what another copy of apache-arrow made.
 */
export async function addVectorColumn(table: Table, dimension: number): Promise<void> {
  const nothing = `arrow_cast(NULL, 'FixedSizeList(${Math.trunc(dimension)}, Float32)')`
  await table.addColumns([{name: 'vector', valueSql: nothing}])
}

/** @param dense whether the table has vectors. */
export function tableRowOf({passage, terms, vector}: PassageRow, dense: boolean): TableRow {
  const {id, documentId, ordinal, source, language, text, ...details} = passage
  return {
    id,
    document_id: documentId,
    ordinal,
    source,
    language,
    text,
    details: JSON.stringify(details satisfies PassageDetails),
    facets: facetsOf(passage.metadata),
    terms: terms.terms,
    grams: terms.grams,
    term_count: terms.termCount,
    context_term_count: terms.contextTermCount,
    ...(dense ? {vector: vector ?? null} : {}),
  }
}

/** The rows that a query of `passageColumns` gave, as passages. */
export function passagesOf(rows: Pick<ArrowTable, 'numRows' | 'getChild'>): Passage[] {
  const [documentIds, ordinals, sources, languages, texts, details] = passageColumns.map(name => rows.getChild(name)!)
  return Array.from({length: rows.numRows}, (_, row) => {
    const place = {documentId: documentIds!.get(row) as string, ordinal: ordinals!.get(row) as number}
    return {
      id: passageId(place),
      ...place,
      source: sources!.get(row) as string,
      language: languages!.get(row) as string,
      text: texts!.get(row) as string,
      ...(JSON.parse(details!.get(row) as string) as PassageDetails),
    }
  })
}

/** The rows that a query of `rowColumns`, and of `vector` where the table has it, gave. */
export function rowsOf(rows: Pick<ArrowTable, 'numRows' | 'getChild'>): PassageRow[] {
  const [terms, grams, termCounts, contextTermCounts] = rowColumns
    .slice(passageColumns.length)
    .map(name => rows.getChild(name)!)
  const vectors = rows.getChild('vector')
  return passagesOf(rows).map((passage, row) => {
    const vector = vectors?.get(row) as {toArray(): Float32Array} | null | undefined
    return {
      passage,
      terms: {
        terms: terms!.get(row) as string,
        grams: grams!.get(row) as string,
        termCount: termCounts!.get(row) as number,
        contextTermCount: contextTermCounts!.get(row) as number,
      },
      ...(vector ? {vector: Float32Array.from(vector.toArray())} : {}),
    }
  })
}

/**
 * Makes the two full-text indexes of a table where they are missing. Terms and grams come analysed, so that LanceDB only
 * cuts at spaces: no stemming, stop words or folding of its own, whose languages do not cover ours.
 */
export async function createTextIndexes(table: Table): Promise<void> {
  const indexed = await indexedColumns(table)
  for (const column of ['terms', 'grams']) if (!indexed.has(column)) await createTextIndex(table, column)
}

/** Makes a full-text index, in place of one that is there. */
export async function createTextIndex(table: Table, column: string): Promise<void> {
  const {Index} = await import('@lancedb/lancedb')
  // A configuration is used up by the index that is made of it.
  const config = Index.fts({
    baseTokenizer: 'whitespace',
    lowercase: false,
    stem: false,
    removeStopWords: false,
    asciiFolding: false,
    withPosition: false,
    // In bytes; the analyser's own limit is what decides.
    maxTokenLength: 1_000,
  })
  await table.createIndex(column, {config, replace: true})
}

/** Makes the indexes for looking rows up, where they are missing and a scan would be slow. */
export async function createLookupIndexes(table: Table): Promise<void> {
  const indexed = await indexedColumns(table)
  if ((await table.countRows()) < 10_000) return
  for (const column of lookupColumns) if (!indexed.has(column)) await createLookupIndex(table, column)
}

/** Columns that rows are looked up by. */
export const lookupColumns = ['id', 'document_id', 'facets'] as const

export async function createLookupIndex(table: Table, column: (typeof lookupColumns)[number]): Promise<void> {
  const {Index} = await import('@lancedb/lancedb')
  await table.createIndex(column, {config: column === 'facets' ? Index.labelList() : Index.btree(), replace: true})
}

export async function indexedColumns(table: Table): Promise<ReadonlySet<string>> {
  return new Set((await table.listIndices()).flatMap(({columns}) => columns))
}

/** Of the vectors in a table; undefined where it has none. */
export async function dimensionOf(table: Table): Promise<number | undefined> {
  const field = (await table.schema()).fields.find(({name}) => name === 'vector')
  return (field?.type as {readonly listSize?: number} | undefined)?.listSize
}
