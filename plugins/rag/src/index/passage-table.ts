import type {Table} from '@lancedb/lancedb'
import type {Schema} from 'apache-arrow'
import type {MetadataValue} from '../documents/document.ts'
import {facetsOf} from './metadata-filter.ts'
import type {Passage} from './passage.ts'

/** A row of a collection's table: a passage and what it is searched by. Names are LanceDB columns. */
export interface PassageRow {
  readonly id: string
  readonly document_id: string
  readonly ordinal: number
  readonly source: string
  readonly title: string | null
  readonly language: string
  readonly text: string
  readonly headings: readonly string[]
  readonly table_header: string | null
  readonly start: number
  readonly end: number
  readonly line_start: number
  readonly line_end: number
  readonly page: number | null
  /** JSON: LanceDB has no type for what a user's metadata may be. */
  readonly metadata: string
  /** What metadata filters look at; see `facetsOf`. */
  readonly facets: readonly string[]
  /** Stemmed terms, first of the context (title, headings, table header), then of the text, joined by spaces. */
  readonly terms: string
  readonly grams: string
  /** How many terms there are, and how many of them are context. */
  readonly term_count: number
  readonly context_term_count: number
}

/** The columns that make a Passage; the others are never read back for it. */
export const passageColumns = [
  'id',
  'document_id',
  'ordinal',
  'source',
  'title',
  'language',
  'text',
  'headings',
  'table_header',
  'start',
  'end',
  'line_start',
  'line_end',
  'page',
  'metadata',
] as const

/** The Arrow schema of a collection's table. Loads apache-arrow, which only a new collection needs. */
export async function passageSchema(): Promise<Schema> {
  const {Field, Int32, List, Schema: ArrowSchema, Utf8} = await import('apache-arrow')
  const text = (name: string, nullable = false) => new Field(name, new Utf8(), nullable)
  const integer = (name: string, nullable = false) => new Field(name, new Int32(), nullable)
  const texts = (name: string) => new Field(name, new List(new Field('item', new Utf8(), true)), false)
  return new ArrowSchema([
    text('id'),
    text('document_id'),
    integer('ordinal'),
    text('source'),
    text('title', true),
    text('language'),
    text('text'),
    texts('headings'),
    text('table_header', true),
    integer('start'),
    integer('end'),
    integer('line_start'),
    integer('line_end'),
    integer('page', true),
    text('metadata'),
    texts('facets'),
    text('terms'),
    text('grams'),
    integer('term_count'),
    integer('context_term_count'),
  ])
}

/** What the analyser found in a passage's context and text. */
export interface PassageTerms {
  readonly terms: readonly string[]
  readonly grams: readonly string[]
  readonly contextTermCount: number
}

export function rowOf(passage: Passage, {terms, grams, contextTermCount}: PassageTerms): PassageRow {
  return {
    id: passage.id,
    document_id: passage.documentId,
    ordinal: passage.ordinal,
    source: passage.source,
    title: passage.title ?? null,
    language: passage.language,
    text: passage.text,
    headings: passage.headings,
    table_header: passage.tableHeader ?? null,
    start: passage.start,
    end: passage.end,
    line_start: passage.lineStart,
    line_end: passage.lineEnd,
    page: passage.page ?? null,
    metadata: JSON.stringify(passage.metadata),
    facets: facetsOf(passage.metadata),
    terms: terms.join(' '),
    grams: grams.join(' '),
    term_count: terms.length,
    context_term_count: contextTermCount,
  }
}

/** The rows that a query of `passageColumns` gave, as passages. */
export async function passagesOf(query: {toArray(): Promise<unknown[]>}): Promise<Passage[]> {
  return ((await query.toArray()) as PassageRow[]).map(row => ({
    id: row.id,
    documentId: row.document_id,
    ordinal: row.ordinal,
    source: row.source,
    ...(row.title === null ? {} : {title: row.title}),
    language: row.language,
    text: row.text,
    headings: [...row.headings],
    ...(row.table_header === null ? {} : {tableHeader: row.table_header}),
    start: row.start,
    end: row.end,
    lineStart: row.line_start,
    lineEnd: row.line_end,
    ...(row.page === null ? {} : {page: row.page}),
    metadata: JSON.parse(row.metadata) as Record<string, MetadataValue>,
  }))
}

/**
 * Makes the two full-text indexes of a table where they are missing. Terms and grams come analysed, so that LanceDB only
 * cuts at spaces: no stemming, stop words or folding of its own, whose languages do not cover ours.
 */
export async function createTextIndexes(table: Table): Promise<void> {
  const {Index} = await import('@lancedb/lancedb')
  const indexed = new Set((await table.listIndices()).flatMap(({columns}) => columns))
  for (const column of ['terms', 'grams']) {
    if (indexed.has(column)) continue
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
    await table.createIndex(column, {config})
  }
}
