import type {MetadataValue} from '../../src/documents/document.ts'
import {passageId} from '../../src/index/passage.ts'
import type {DocumentRows, PassageRow} from '../../src/stores/passage-store.ts'
import {unitVector} from '../../src/stores/unit-vector.ts'

/** The dimension of the vectors that the tests of stores write. */
export const DIMENSION = 8

export interface RowOptions {
  readonly metadata?: Readonly<Record<string, MetadataValue>>
  readonly source?: string
  readonly language?: string
  readonly vector?: readonly number[]
}

/** A row that is searched by its words as they stand, and by their pieces of four characters. */
export function rowOf(documentId: string, ordinal: number, text: string, options: RowOptions = {}): PassageRow {
  const {metadata = {}, source = `${documentId}.md`, language = 'en', vector} = options
  const terms = text.split(' ')
  const start = ordinal * 1_000
  const passage = {
    id: passageId({documentId, ordinal}),
    documentId,
    ordinal,
    source,
    language,
    text,
    metadata,
    headings: ['Chapter', 'Section'],
    start,
    end: start + text.length,
    lineStart: 1,
    lineEnd: 2,
  }
  return {
    passage,
    terms: {terms: text, grams: gramsOf(text).join(' '), termCount: terms.length, contextTermCount: 0},
    ...(vector === undefined ? {} : {vector: unitVector(Float32Array.from(vector))!}),
  }
}

/** A document with a passage for each text. */
export function documentOf(documentId: string, texts: readonly string[], options: RowOptions = {}): DocumentRows {
  return {documentId, rows: texts.map((text, ordinal) => rowOf(documentId, ordinal, text, options))}
}

export function gramsOf(text: string): string[] {
  return text.split(' ').flatMap(word => {
    const characters = [...word]
    if (characters.length <= 4) return [word]
    return Array.from({length: characters.length - 3}, (_, at) => characters.slice(at, at + 4).join(''))
  })
}

/** A vector that points along one axis, and a little along another. */
export function along(axis: number, other = axis, little = 0): number[] {
  return Array.from({length: DIMENSION}, (_, at) => (at === axis ? 1 : 0) + (at === other ? little : 0))
}
