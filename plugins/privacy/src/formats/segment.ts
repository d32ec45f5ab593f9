import {InvalidInputError} from '@omni-ops/core/operation'

/** A piece of a file, in order: the raw pieces of all segments together are the file. */
export type Segment = Copied | Value

/** Structure, copied as it stands. */
export interface Copied {
  readonly kind: 'copied'
  readonly raw: string
}

/** Text that may hold personal data. */
export interface Value {
  readonly kind: 'value'
  /** As it stands in the file, with its quotes and escapes. */
  readonly raw: string
  /** What it means. */
  readonly text: string
  /** The offset in `raw` of the code unit of `text` at `at`; at the text's length, where its last one ends. */
  rawOffset(at: number): number
  /** The name of the column or key; empty where there is none. */
  readonly field: string
  /** A bare number or the like in JSON: a replacement has to be quoted to stay valid. */
  readonly bare: boolean
}

/**
 * Splits a file, given in pieces, into segments: those of each piece together, for a table has many small cells, and to wait for each would
 * cost more than to look at it. What is given has to be read before more is asked for.
 */
export type SegmentReader = (pieces: AsyncIterable<string>) => AsyncIterable<Iterable<Segment>>

/** A file is not what its format says, from a place on. */
export class MalformedFileError extends InvalidInputError {
  override readonly code = 'malformed_file'
}

/** Something that is at hand as a whole, for who reads pieces. */
export async function* once<T>(whole: T): AsyncIterable<T> {
  yield whole
}

export function copied(raw: string): Copied {
  return {kind: 'copied', raw}
}

const sameOffset = (at: number): number => at

/** A value that stands in the file as it is. */
export function plainValue(raw: string, field = '', bare = false): Value {
  return {kind: 'value', raw, text: raw, rawOffset: sameOffset, field, bare}
}
