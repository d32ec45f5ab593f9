import type {PassageTerms} from '../../analysis/document-reading.ts'
import type {StoredRow} from '../remote/row-text.ts'
import type {PineconeNamespace, PineconeRecord} from './pinecone-namespace.ts'
import {type AverageLengths, RESERVED_INDEX, tokensOf} from './sparse-terms.ts'
import {TermSketch} from './term-sketch.ts'

/** What is known of a collection as a whole. */
export interface CollectionRecord {
  /** Counts the writes. */
  readonly revision: number
  readonly dimension: number | undefined
  readonly passages: number
  /** All passages' terms and grams, each as often as it occurs. */
  readonly terms: number
  readonly grams: number
  readonly languages: Readonly<Record<string, number>>
  /** The lengths that all passages were encoded with. */
  readonly encodedWith: AverageLengths
  /** A write has begun and not ended: the counts may be wrong until they are made anew. */
  readonly unsettled: boolean
  /** Records that the sketch is cut over. */
  readonly parts: number
}

/** A collection's record and in how many passages its terms are. */
export interface CollectionState {
  readonly record: CollectionRecord
  readonly sketch: TermSketch
}

export const RECORD_ID = 's#000'
/** Metadata of a record is at most 40 KB (https://docs.pinecone.io/reference/api/database-limits/operation-limits). */
export const MOST_METADATA = 40_000
const PART = 38_000
const plain = {indices: [RESERVED_INDEX], values: [1]}

const empty: CollectionRecord = {
  revision: 0,
  dimension: undefined,
  passages: 0,
  terms: 0,
  grams: 0,
  languages: {},
  encodedWith: {terms: 0, grams: 0},
  unsettled: false,
  parts: 0,
}

/** A collection's state as it changes with its rows. */
export class CollectionCounts {
  #record: CollectionRecord
  readonly #sketch: TermSketch

  constructor(state?: CollectionState) {
    this.#record = state?.record ?? empty
    this.#sketch = state?.sketch.copy() ?? new TermSketch()
  }

  get state(): CollectionState {
    return {record: this.#record, sketch: this.#sketch}
  }

  get average(): AverageLengths {
    const {passages, terms, grams} = this.#record
    return passages === 0 ? {terms: 0, grams: 0} : {terms: terms / passages, grams: grams / passages}
  }

  set(change: Partial<CollectionRecord>): void {
    this.#record = {...this.#record, ...change}
  }

  add(row: StoredRow): void {
    this.#sketch.add(row.terms)
    this.#count(row, 1)
  }

  remove(row: StoredRow): void {
    this.#sketch.remove(row.terms)
    this.#count(row, -1)
  }

  #count({passage, terms}: StoredRow, by: 1 | -1): void {
    const {passages, languages} = this.#record
    const language = Math.max(0, (languages[passage.language] ?? 0) + by)
    const {[passage.language]: _, ...others} = languages
    this.set({
      passages: Math.max(0, passages + by),
      terms: Math.max(0, this.#record.terms + by * terms.termCount),
      grams: Math.max(0, this.#record.grams + by * gramCount(terms)),
      languages: language === 0 ? others : {...others, [passage.language]: language},
    })
  }
}

function gramCount({grams}: PassageTerms): number {
  return tokensOf(grams).length
}

/** Undefined where the collection has never been written to. */
export async function readRecord(namespace: PineconeNamespace): Promise<CollectionRecord | undefined> {
  const [found] = await namespace.fetch([RECORD_ID])
  return found === undefined ? undefined : (JSON.parse(String(found.metadata.record)) as CollectionRecord)
}

/** The rest of a state whose record was read. */
export async function readSketch(namespace: PineconeNamespace, {parts}: CollectionRecord): Promise<TermSketch> {
  if (parts === 0) return new TermSketch()
  const records = await namespace.fetch(Array.from({length: parts}, (_, part) => partId(part)))
  const texts = new Map(records.map(({id, metadata}) => [id, String(metadata.part)]))
  const text = Array.from({length: parts}, (_, part) => texts.get(partId(part)) ?? '').join('')
  return TermSketch.of(text)
}

export async function writeState(namespace: PineconeNamespace, {record, sketch}: CollectionState): Promise<void> {
  const text = sketch.text()
  const parts = Math.ceil(text.length / PART)
  const records: PineconeRecord[] = Array.from({length: parts}, (_, part) => ({
    id: partId(part),
    sparseValues: plain,
    metadata: {part: text.slice(part * PART, (part + 1) * PART)},
  }))
  await namespace.upsert([...records, headOf({...record, parts})])
}

/** Says that the counts are not to be trusted until `writeState`. */
export async function writeUnsettled(namespace: PineconeNamespace, {record}: CollectionState): Promise<void> {
  await namespace.upsert([headOf({...record, unsettled: true})])
}

function headOf(record: CollectionRecord): PineconeRecord {
  return {id: RECORD_ID, sparseValues: plain, metadata: {record: JSON.stringify(record)}}
}

function partId(part: number): string {
  return `s#${String(part + 1).padStart(3, '0')}`
}
