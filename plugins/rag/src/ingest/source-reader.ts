import type {LoadedDocument, MetadataValue} from '../documents/document.ts'
import type {DocumentError} from '../documents/errors.ts'

/** A source that may be ingested. Reading throws a DocumentError where the content cannot be used. */
export interface Found {
  readonly source: string
  /** As the file system tells; 0 where it is not known before reading. */
  readonly bytes: number
  /** SHA-256 of the raw content, lower-case hexadecimal. */
  hash(): Promise<string>
  /**
   * The document; before it those it holds, such as the attachments of a message, and what is wrong with one of them.
   */
  load(): AsyncIterable<LoadedDocument | DocumentError>
  /** Lets go of content that `hash` read for `load`. */
  release(): void
}

/** What a collection knows of a document. */
export interface KnownDocument {
  readonly contentHash: string
  readonly metadata: Readonly<Record<string, MetadataValue>>
}

/** Where documents come from. */
export interface SourceReader {
  /** How many there will be, where that can be told; for the progress bar. */
  count(): Promise<number | undefined>
  find(): AsyncIterable<Found>
  /** Whether a source that is not found any more lies where this reader looks, so that it has vanished. */
  covers(source: string): boolean
  /** Ends processes and deletes what was fetched. What was found cannot be read any more. */
  close(): Promise<void>
}
