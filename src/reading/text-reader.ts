import type {Context} from '../operation/context.ts'

/** Content whose text somebody has to make out first: a picture, scanned pages, a recording. */
export interface ReadableContent {
  readonly bytes: Uint8Array
  /** An IANA media type without parameters, as the first bytes tell it. */
  readonly mediaType: string
  /** How the user knows it, for messages. */
  readonly source: string
  /** Only these pages, from 1; all of them without it. */
  readonly pages?: readonly number[]
}

/** A stretch of text and where it stands in what it was read from. */
export interface TextSegment {
  /** May be empty: a page on which there is nothing to read. */
  readonly text: string
  /** From 1; of what has pages. A picture is one page. */
  readonly page?: number
  /** Seconds from the beginning; of what has a duration. Segments of a recording come in order. */
  readonly seconds?: {readonly start: number; readonly end: number}
  /** How sure the reader is of it, from 0 to 1, where it says. */
  readonly confidence?: number
}

/**
 * What a plugin brings that makes text of such content (`definePlugin({textReaders})`), for whoever indexes or searches
 * it: text recognition for pictures and scanned pages, transcription for recordings.
 */
export interface TextReader {
  /** Media types that it reads: `image/png`, or a whole kind as `audio/*`. */
  readonly mediaTypes: readonly string[]
  /** Whether it sends the content to somebody else, which may cost money: then it is not asked unasked. */
  readonly sendsContent: boolean
  /**
   * Reads all of it. Progress goes to `context.emit`, and `context.signal` ends it.
   *
   * @throws NotConfiguredError where it could, but nothing is set up to do it with; InvalidInputError for content that
   * is damaged or above a limit; CancelledError. None of them says anything about other content.
   */
  read(content: ReadableContent, context: Context): Promise<readonly TextSegment[]>
}

/** The first of the readers that takes the media type. */
export function textReaderFor(readers: readonly TextReader[], mediaType: string): TextReader | undefined {
  const kind = `${mediaType.split('/')[0]}/*`
  return readers.find(({mediaTypes}) => mediaTypes.includes(mediaType) || mediaTypes.includes(kind))
}
