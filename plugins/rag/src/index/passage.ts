import type {Chunk} from '../chunking/chunk.ts'
import type {MetadataValue} from '../documents/document.ts'
import type {Features} from '../ranking/features.ts'

/** A chunk as the index keeps and returns it. */
export interface Passage extends Chunk {
  /** Stable: the same document and ordinal give the same id on every machine. */
  readonly id: string
  readonly documentId: string
  readonly source: string
  readonly title?: string
  /** ISO 639-1 code of the detected language, or `und`. */
  readonly language: string
  readonly metadata: Readonly<Record<string, MetadataValue>>
}

/** A passage with how well it fits a query. */
export interface Hit extends Passage {
  /** The ranker's score, comparable within one answer; higher is better. */
  readonly score: number
  /**
   * How much of the query the passage has: the idf-weighted share of the query's terms, without stop words, that occur
   * in it or in its headings; from 0 to 1, comparable between queries.
   */
  readonly coverage: number
  /** What the ranker saw, where it was asked for. */
  readonly features?: Features
}

/** The same document and ordinal give the same id on every machine. */
export function passageId({documentId, ordinal}: {readonly documentId: string; readonly ordinal: number}): string {
  return `${documentId}:${ordinal}`
}

/** The commit at which its file was read; null for what is in no Git repository. */
export function commitOf({metadata}: Pick<Passage, 'metadata'>): string | null {
  return typeof metadata.git_commit === 'string' ? metadata.git_commit : null
}
