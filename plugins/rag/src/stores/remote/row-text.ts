import {deflateRawSync, inflateRawSync} from 'node:zlib'
import type {PassageTerms} from '../../analysis/document-reading.ts'
import {type Passage, passageId} from '../../index/passage.ts'
import type {CandidatePassage, PassageKey, PassageRow} from '../passage-store.ts'

/** A row without its vector. */
export interface StoredRow {
  readonly passage: Passage
  readonly terms: PassageTerms
}

/** A row as a service keeps it: one text, compressed, since grams say everything four times over. */
export function rowText({passage, terms}: PassageRow): string {
  return deflateRawSync(JSON.stringify({passage, terms})).toString('base64')
}

export function rowOfText(text: string): StoredRow {
  return JSON.parse(inflateRawSync(Buffer.from(text, 'base64')).toString('utf8')) as StoredRow
}

/** A row as the ranker reads it. */
export function candidatePassageOf(
  {passage: {documentId, ordinal}, terms}: StoredRow,
  key: PassageKey,
): CandidatePassage {
  return {
    id: passageId({documentId, ordinal}),
    documentId,
    ordinal,
    key,
    terms: terms.terms,
    contextTermCount: terms.contextTermCount,
  }
}
