import {createHash} from 'node:crypto'
import {CancelledError, type Context} from '@omni-ops/core/operation'
import type {Analyser} from '../analysis/analyser.ts'
import {readDocuments, type ReadDocuments} from '../analysis/document-reading.ts'
import {chunkDocument} from '../chunking/chunker.ts'
import {holdsDocuments} from '../documents/holders.ts'
import type {LoadedDocument} from '../documents/document.ts'
import type {IndexedDocument} from '../index/chunk-index.ts'
import {ChunkIndex} from '../index/chunk-index.ts'
import {LanceDbDatabase} from '../stores/lancedb/lancedb-database.ts'
import {Catalogue, type CatalogueEntry, type ComparedStatus, documentIdOf} from './catalogue.ts'
import {fingerprintOf} from './fingerprint.ts'
import {indexDirectory} from './index-directory.ts'

/** A document on its way in; `fingerprint` is the caller's part of what decides whether it is up to date. */
export interface IncomingDocument extends LoadedDocument {
  readonly fingerprint: string
}

export interface IngestedDocument {
  readonly source: string
  readonly documentId: string
  readonly status: ComparedStatus
  readonly chunks: number
  readonly language: string
}

export interface RemovedDocument {
  readonly source: string
  readonly documentId: string
  readonly chunks: number
}

/** A batch of fewer documents is read sooner in this thread than another thread starts. */
const fewestForThread = 32

/**
 * One tenant's collection: its catalogue in the database and its passages in the index, kept in step. The database
 * says first what is about to happen and last that it did, so that a crash in between is seen and repaired: a document
 * that is `pending` is ingested again, one that is `removing` is removed by the next `settle`.
 */
export class Collection {
  readonly name: string
  readonly catalogue: Catalogue
  readonly index: ChunkIndex
  readonly #analyser: Analyser
  readonly #context: Context

  private constructor(name: string, catalogue: Catalogue, index: ChunkIndex, analyser: Analyser, context: Context) {
    this.name = name
    this.catalogue = catalogue
    this.index = index
    this.#analyser = analyser
    this.#context = context
  }

  /** Opens a collection for work; nothing is made until something is ingested. */
  static async open(name: string, context: Context): Promise<Collection> {
    const analyser = await sharedAnalyser(context)
    const directory = indexDirectory(context)
    const index = await context.shared(
      `rag/index/${directory}/${name}`,
      async () =>
        new ChunkIndex({
          store: new LanceDbDatabase({directory}).open(name),
          analyser,
          read: readerFor(context, analyser),
        }),
      opened => opened.close(),
    )
    return new Collection(name, await Catalogue.open(context), index, analyser, context)
  }

  get analyser(): Analyser {
    return this.#analyser
  }

  /** Cuts, indexes and records documents. What is up to date is left alone. The last of two with one source counts. */
  async ingest(documents: readonly IncomingDocument[]): Promise<IngestedDocument[]> {
    const latest = [...new Map(documents.map(document => [document.source, document])).values()]
    const identities = latest.map(document => ({
      source: document.source,
      content_hash: document.contentHash,
      fingerprint: fingerprintOf(document.fingerprint),
    }))
    const statuses = await this.catalogue.compare(this.name, identities)
    const work = latest.flatMap((document, index) => (statuses[index] === 'unchanged' ? [] : [document]))
    const written = await this.#write(work)
    return latest.map((document, index) => {
      const status = statuses[index]!
      const entry = written.get(document.source)
      return {
        source: document.source,
        documentId: documentIdOf(this.name, document.source),
        status,
        chunks: entry?.chunks ?? 0,
        language: entry?.language ?? 'und',
      }
    })
  }

  /**
   * Takes documents out by source or id. Throws UnknownDocumentError before anything is removed, unless what is missing
   * is to be ignored.
   */
  async remove(
    sourcesOrIds: readonly string[],
    options: {readonly dryRun: boolean; readonly ignoreMissing: boolean},
  ): Promise<RemovedDocument[]> {
    const entries = await this.#withEmbedded(await this.catalogue.findAll(this.name, sourcesOrIds, options))
    if (!options.dryRun && entries.length > 0) await this.#removeIds(entries.map(entry => entry.id))
    return entries.map(removedOf)
  }

  /** Takes everything out, and the collection itself. */
  async removeAll(options: {readonly dryRun: boolean}): Promise<RemovedDocument[]> {
    await this.catalogue.requireCollection(this.name)
    const removed: RemovedDocument[] = []
    for await (const entry of this.documents()) removed.push(removedOf(entry))
    if (options.dryRun) return removed
    const ids = removed.map(document => document.documentId)
    await this.catalogue.beginRemoval(ids)
    await this.index.store.drop()
    await this.catalogue.completeRemoval(this.name, ids, true)
    return removed
  }

  /** Finishes removals that a crash interrupted. Returns how many. */
  async settle(): Promise<number> {
    if ((await this.catalogue.removing(this.name)).length === 0) return 0
    let ids: readonly string[] = []
    await this.index.removeDocuments(async () => {
      ids = await this.catalogue.removing(this.name)
      return ids
    })
    await this.catalogue.completeRemoval(this.name, ids, false)
    return ids.length
  }

  /** Documents and those that they hold, each once. */
  async #withEmbedded(entries: readonly CatalogueEntry[]): Promise<CatalogueEntry[]> {
    const all = new Map(entries.map(entry => [entry.id, entry]))
    for (const entry of entries) {
      if (!holdsDocuments(entry.media_type)) continue
      for await (const embedded of this.documents(`${entry.source}!`)) all.set(embedded.id, embedded)
    }
    return [...all.values()]
  }

  /** Every document in the order of its source, of those whose source begins so. */
  async *documents(under?: string): AsyncGenerator<CatalogueEntry> {
    const limit = 1000
    let after: string | undefined
    for (;;) {
      const page = await this.catalogue.list(this.name, {after, under, limit})
      yield* page
      if (page.length < limit) return
      after = page.at(-1)?.source
    }
  }

  async #removeIds(ids: readonly string[]): Promise<void> {
    await this.index.removeDocuments(async () => {
      await this.catalogue.beginRemoval(ids)
      return ids
    })
    await this.catalogue.completeRemoval(this.name, ids, false)
  }

  async #write(documents: readonly IncomingDocument[]): Promise<Map<string, {chunks: number; language: string}>> {
    if (documents.length === 0) return new Map()
    if (this.#context.signal.aborted) throw new CancelledError()
    const indexed = documents.map(document => this.#cut(document))
    const entries = documents.map((document, index) => this.#entryOf(document, indexed[index]!))
    let read: typeof entries = []
    let attempt = ''
    const {chunks} = await this.index.replaceDocuments(indexed, async languages => {
      read = entries.map(entry => ({...entry, language: languages.get(entry.id) ?? entry.language}))
      attempt = await this.catalogue.begin(this.name, read)
    })
    await this.catalogue.complete(this.name, attempt, read, {documents: read.length, chunks})
    return new Map(read.map(entry => [entry.source, {chunks: entry.chunks, language: entry.language}]))
  }

  #cut(document: IncomingDocument): IndexedDocument {
    return {
      documentId: documentIdOf(this.name, document.source),
      source: document.source,
      ...(document.title === undefined ? {} : {title: document.title}),
      metadata: document.metadata,
      chunks: chunkDocument(document),
    }
  }

  #entryOf(document: IncomingDocument, indexed: IndexedDocument): Omit<CatalogueEntry, 'state'> {
    return {
      id: indexed.documentId,
      source: document.source,
      title: document.title ?? null,
      media_type: document.mediaType,
      // Told by the index when it reads the text.
      language: 'und',
      bytes: document.bytes,
      content_hash: document.contentHash,
      fingerprint: fingerprintOf(document.fingerprint),
      chunks: indexed.chunks.length,
      metadata: document.metadata,
      ingested_at: this.#context.clock.now().toISOString(),
    }
  }
}

/** One analyser for the whole session: it remembers every word it has stemmed. */
export function sharedAnalyser(context: Context): Promise<Analyser> {
  return context.shared('rag/analyser', async () => new (await import('../analysis/analyser.ts')).Analyser())
}

/** Reads small batches here and large ones in a thread of their own, which the session ends. */
function readerFor(context: Context, analyser: Analyser): ReadDocuments {
  return async documents => {
    if (documents.length < fewestForThread) return readDocuments(analyser, documents)
    const thread = await context.shared(
      'rag/reading-thread',
      async () => new (await import('../analysis/reading-thread.ts')).ReadingThread(),
      opened => opened.close(),
    )
    return thread.read(documents)
  }
}

/** SHA-256 of a text's UTF-8, for documents that come without a file. */
export function contentHashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

function removedOf(entry: CatalogueEntry): RemovedDocument {
  return {source: entry.source, documentId: entry.id, chunks: entry.chunks}
}
