import type {LoadedDocument} from '../documents/document.ts'
import {DocumentError} from '../documents/errors.ts'
import type {FetchedContent, Validators} from '../loaders/fetch-url.ts'
import {contentHash, type LoadSurroundings, loadWithEmbedded} from '../loaders/load.ts'
import type {Found, KnownDocument} from './source-reader.ts'
import type {WebClient} from './web-client.ts'

export interface FoundPageOptions {
  readonly loading: LoadSurroundings
  readonly known: (source: string) => Promise<KnownDocument | undefined>
}

/** A page of the web. What has not changed since it was ingested is not sent again. */
export class FoundPage implements Found {
  readonly source: string
  readonly bytes = 0
  readonly #client: WebClient
  readonly #options: FoundPageOptions
  #content: FetchedContent | undefined

  constructor(url: string, client: WebClient, options: FoundPageOptions) {
    this.source = url
    this.#client = client
    this.#options = options
  }

  async hash(): Promise<string> {
    const known = await this.#options.known(this.source)
    const validators = known === undefined ? {} : validatorsOf(known)
    const content = await this.#client.fetch(this.source, Object.keys(validators).length > 0 ? validators : undefined)
    if (content.notModified && known !== undefined) return known.contentHash
    this.#content = content
    return contentHash(content.bytes)
  }

  async *load(): AsyncGenerator<LoadedDocument | DocumentError> {
    // It has not changed, but has to be read again for another reason.
    const {bytes, mediaType, url, validators} = this.#content ?? (await this.#client.fetch(this.source))
    const {loading} = this.#options
    const hint = {name: new URL(url).pathname, url, ...(mediaType === undefined ? {} : {mediaType})}
    for await (const loaded of loadWithEmbedded(bytes, {...loading, source: this.source, hint})) {
      if (loaded instanceof DocumentError || loaded.source !== this.source) yield loaded
      else yield {...loaded, metadata: {...loaded.metadata, ...metadataOf(validators)}}
    }
  }

  release(): void {
    this.#content = undefined
  }
}

function validatorsOf({metadata: {etag, last_modified: lastModified}}: KnownDocument): Validators {
  return {
    ...(typeof etag === 'string' ? {etag} : {}),
    ...(typeof lastModified === 'string' ? {lastModified} : {}),
  }
}

function metadataOf({etag, lastModified}: Validators): Record<string, string> {
  return {...(etag === undefined ? {} : {etag}), ...(lastModified === undefined ? {} : {last_modified: lastModified})}
}
