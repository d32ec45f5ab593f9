import type {LoadedDocument, MetadataValue} from '../documents/document.ts'
import {DocumentError, DocumentTooLargeError} from '../documents/errors.ts'
import {contentHash, type ContentHint, type LoadSurroundings, loadWithEmbedded} from '../loaders/load.ts'
import type {Found, KnownDocument} from './source-reader.ts'

export interface FoundVersionOptions {
  readonly source: string
  readonly bytes: number
  readonly maxBytes: number
  readonly loading: LoadSurroundings
  readonly hint: ContentHint
  /** What names the content's version, of the document's metadata: the same values are the same content. */
  readonly version: Readonly<Record<string, string>>
  /** What else the document's metadata say of where it came from. */
  readonly origin?: Readonly<Record<string, MetadataValue>>
  readonly known: () => Promise<KnownDocument | undefined>
  readonly read: () => Promise<Uint8Array>
}

/** Content of a place that names its versions: a blob, an object. The version that was ingested is not read again. */
export class FoundVersion implements Found {
  readonly source: string
  readonly bytes: number
  readonly #options: FoundVersionOptions
  #content: Uint8Array | undefined

  constructor(options: FoundVersionOptions) {
    this.source = options.source
    this.bytes = options.bytes
    this.#options = options
  }

  async hash(): Promise<string> {
    const {known, version, maxBytes} = this.#options
    if (this.bytes > maxBytes) {
      throw new DocumentTooLargeError(this.source, `is larger than ${Math.round(maxBytes / 1e6)} MB`, {
        hint: 'raise rag.max_file_mb',
      })
    }
    const before = await known()
    if (before !== undefined && Object.entries(version).every(([key, value]) => before.metadata[key] === value)) {
      return before.contentHash
    }
    this.#content = await this.#options.read()
    return contentHash(this.#content)
  }

  async *load(): AsyncGenerator<LoadedDocument | DocumentError> {
    const {loading, hint, version, origin} = this.#options
    const bytes = this.#content ?? (await this.#options.read())
    for await (const loaded of loadWithEmbedded(bytes, {...loading, source: this.source, hint})) {
      if (loaded instanceof DocumentError) yield loaded
      else if (loaded.source === this.source) {
        yield {...loaded, metadata: {...loaded.metadata, ...origin, ...version}}
      } else yield {...loaded, metadata: {...loaded.metadata, ...origin}}
    }
  }

  release(): void {
    this.#content = undefined
  }
}
