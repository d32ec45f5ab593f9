/** A passage of a document: the unit that is indexed, found and cited. */
export interface Chunk {
  /** Position among the document's chunks, from 0. */
  readonly ordinal: number
  /** Exactly `document.text.slice(start, end)`. */
  readonly text: string
  /** The headings above it, outermost first; context for search, never part of a quote. */
  readonly headings: readonly string[]
  /** For a table cut in pieces: the header row, repeated for search, never part of a quote. */
  readonly tableHeader?: string
  /** What a language model wrote of where it stands in its document; context for search, never part of a quote. */
  readonly situation?: string
  /** UTF-16 offsets into the document's text: start inclusive, end exclusive. */
  readonly start: number
  readonly end: number
  /** Lines of the document's text, from 1, both inclusive. */
  readonly lineStart: number
  readonly lineEnd: number
  /** The page on which the chunk begins, for paged documents. */
  readonly page?: number
  /** Where further pages begin inside the chunk, as offsets into the document's text; absent where none does. */
  readonly pageBreaks?: readonly number[]
}
