import {type EmbeddingModel, forgetEmbeddings} from '@omni-ops/core/llm'
import {CancelledError, type Context, InvalidInputError} from '@omni-ops/core/operation'
import type {ChunkIndex, IndexedDocument} from '../index/chunk-index.ts'
import type {Passage} from '../index/passage.ts'
import {RemovedMeanwhileError} from './catalogue.ts'
import {type Collection, IndexMovedError, sharedIndex} from './collection.ts'
import type {DocumentVersion} from './collection-indexes.ts'
import {embeddedText} from './embedding.ts'
import type {EmbeddingIdentity, ShadowIndex} from './tables.ts'

/** There is no passage whose vector could tell how long vectors are. */
export class NothingToEmbedError extends InvalidInputError {
  override readonly code = 'rag_nothing_to_embed'
}

export interface Reembedded {
  readonly embedding: EmbeddingIdentity
  readonly documents: number
  readonly passages: number
  /** What the passages had before. */
  readonly before: EmbeddingIdentity | undefined
}

/** Documents copied together: some requests' worth of texts, and little to do again after a crash. */
const documentsAtOnce = 32
/** A collection whose documents keep changing is caught up with this often before the lock is held for the rest. */
const mostRounds = 20

/**
 * Embeds a collection's passages with a model, beside its index: they are copied into another index with their new
 * vectors while the collection is searched and written to as before. Documents that change meanwhile are copied again.
 * When nothing is left to copy, the other index takes the place of the present one in one step, while no writer can
 * come in between. A run that is cut off, also by kill -9, is resumed by the next with the same model.
 *
 * @throws UnknownCollectionError, NothingToEmbedError, IndexMovedError where another re-embedding was faster, and what
 *   `EmbeddingModel.embed` throws; the collection is then as it was.
 */
export async function reembed(collection: Collection, model: EmbeddingModel, context: Context): Promise<Reembedded> {
  await collection.catalogue.requireCollection(collection.name)
  await collection.settle()
  return new Reembedding(collection, model, context).run()
}

class Reembedding {
  readonly #collection: Collection
  readonly #model: EmbeddingModel
  readonly #context: Context
  readonly #before: EmbeddingIdentity | undefined
  #shadow: ShadowIndex | undefined
  #index: ChunkIndex | undefined

  constructor(collection: Collection, model: EmbeddingModel, context: Context) {
    this.#collection = collection
    this.#model = model
    this.#context = context
    this.#before = collection.embedding
  }

  async run(): Promise<Reembedded> {
    await this.#begin()
    for (let round = 1; ; round++) {
      await this.#catchUp()
      if (await this.#finish(round >= mostRounds)) break
    }
    const {provider, model} = this.#model
    const index = this.#index!
    return {
      embedding: {provider, model, dimension: this.#shadow!.dimension!},
      documents: (await this.#collection.catalogue.totals(this.#collection.name))[0]?.documents ?? 0,
      passages: await index.count(),
      before: this.#before,
    }
  }

  /** Takes up the shadow of a run that was cut off, or makes a new one. */
  async #begin(): Promise<void> {
    const {name, indexes} = this.#collection
    const {provider, model} = this.#model
    const {shadow} = await indexes.get(name)
    if (shadow?.provider === provider && shadow.model === model && this.#fits(shadow.dimension)) {
      this.#shadow = shadow
    } else {
      if (shadow) await (await this.#sharedIndex(shadow.index_name, undefined)).store.drop()
      const suffix = Buffer.from(this.#context.random.bytes(6)).toString('hex')
      this.#shadow = {index_name: `${name.slice(0, 50)}-${suffix}`, provider, model, dimension: null}
      await indexes.saveShadow(name, this.#shadow)
    }
    await this.#openIndex()
  }

  #fits(dimension: number | null): boolean {
    return dimension === null || this.#model.dimension === undefined || dimension === this.#model.dimension
  }

  async #openIndex(): Promise<void> {
    const {index_name, dimension} = this.#shadow!
    this.#index = await this.#sharedIndex(index_name, dimension ?? undefined)
  }

  /** In the same database as the collection. */
  #sharedIndex(name: string, dimension: number | undefined): Promise<ChunkIndex> {
    return sharedIndex({name, dimension, vectorDb: this.#collection.vectorDb}, this.#context)
  }

  /** Copies until the shadow has every document as it last was. */
  async #catchUp(): Promise<void> {
    const {missing, vanished, total} = await this.#differences()
    await this.#remove(vanished)
    let done = total - missing.length
    this.#report(done, total)
    for (let at = 0; at < missing.length; at += documentsAtOnce) {
      const versions = missing.slice(at, at + documentsAtOnce)
      await this.#copy(versions.map(({id}) => id))
      await this.#collection.indexes.saveShadowed(this.#collection.name, versions)
      done += versions.length
      this.#report(done, total)
    }
    if (missing.length > 0) await this.#index!.optimize(this.#context.clock.now())
  }

  /**
   * Swaps, while the lock of the present index keeps other writers out.
   * @param force copy under the lock what is still missing, instead of letting go for another round.
   * @returns false where there was more to copy.
   */
  async #finish(force: boolean): Promise<boolean> {
    const {name, indexes, index} = this.#collection
    let isDone = false
    await index.store.replaceDocuments([], async () => {
      const present = await indexes.get(name)
      if (present.shadow?.index_name !== this.#shadow!.index_name) throw new IndexMovedError(name)
      const {missing, vanished, pending, total} = await this.#differences()
      if (missing.length > 0 && !force) return
      await this.#remove(vanished)
      // Of a pending document nobody knows which passages it has; here nobody changes them.
      const open = [...missing, ...pending].map(({id}) => id)
      for (let at = 0; at < open.length; at += documentsAtOnce) await this.#copy(open.slice(at, at + documentsAtOnce))
      if (this.#shadow!.dimension === null) {
        throw new NothingToEmbedError(`The collection "${name}" has no passages`, {hint: 'omni rag ingest PATH'})
      }
      await indexes.swap(name, total)
      isDone = true
    })
    return isDone
  }

  /** What the shadow lacks and what it has too much. */
  async #differences() {
    const {name, indexes} = this.#collection
    const [{indexed, pending}, shadowed] = await Promise.all([indexes.versions(name), indexes.shadowed(name)])
    const known = new Set([...indexed, ...pending].map(({id}) => id))
    return {
      missing: indexed.filter(({id, attempt}): boolean => shadowed.get(id) !== attempt),
      vanished: [...shadowed.keys()].filter(id => !known.has(id)),
      pending: pending as DocumentVersion[],
      total: known.size,
    }
  }

  async #remove(ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return
    await this.#index!.removeDocuments(async () => ids)
    await this.#collection.indexes.forgetShadowed(this.#collection.name, ids)
  }

  async #copy(ids: readonly string[]): Promise<void> {
    if (this.#context.signal.aborted) throw new CancelledError()
    const passages = await this.#collection.index.ofDocuments(ids)
    const documents = [...Map.groupBy(passages, ({documentId}) => documentId).values()].map(documentOf)
    const gone = ids.filter(id => !documents.some(({documentId}) => documentId === id))
    await this.#remove(gone)
    if (passages.length === 0) return
    const vectors = await this.#embed(passages.map(embeddedText))
    let at = 0
    const copies = documents.map(document => {
      const own = vectors.slice(at, at + document.chunks.length)
      at += own.length
      return {...document, vectors: own}
    })
    try {
      await this.#index!.replaceDocuments(copies, () => this.#collection.catalogue.refuseGone(ids))
    } catch (error) {
      if (!(error instanceof RemovedMeanwhileError)) throw error
      const removed = new Set(error.ids)
      await this.#forget(passages.filter(({documentId}) => removed.has(documentId)))
      await this.#remove(error.ids)
      await this.#copy(ids.filter(id => !removed.has(id)))
    }
  }

  /** What was remembered of passages whose document went while they were embedded. */
  async #forget(passages: readonly Passage[]): Promise<void> {
    const {provider, model, dimension} = this.#model
    await forgetEmbeddings({provider, model, dimension}, passages.map(embeddedText), this.#context)
  }

  async #embed(texts: readonly string[]): Promise<readonly Float32Array[]> {
    const {name, indexes} = this.#collection
    // The same model again, or another one: nobody will ask for what is remembered of the present one any more.
    if (this.#before) await forgetEmbeddings({...this.#before, dimension: this.#model.dimension}, texts, this.#context)
    const {vectors} = await this.#model.embed(texts, {kind: 'document', signal: this.#context.signal})
    if (this.#shadow!.dimension === null) {
      this.#shadow = {...this.#shadow!, dimension: vectors[0]!.length}
      await indexes.saveShadow(name, this.#shadow)
      await this.#openIndex()
    }
    return vectors
  }

  #report(done: number, total: number): void {
    this.#context.emit({type: 'progress', label: 'Embedding', done, total, unit: 'documents'})
  }
}

/** A document as it is to be indexed, of its passages. */
function documentOf(passages: readonly Passage[]): IndexedDocument {
  const {documentId, source, title, language, metadata} = passages[0]!
  return {
    documentId,
    source,
    ...(title === undefined ? {} : {title}),
    language,
    metadata,
    chunks: passages.map(
      ({id: _, documentId: _d, source: _s, title: _t, language: _l, metadata: _m, ...chunk}) => chunk,
    ),
  }
}
