import {createHash} from 'node:crypto'
import {availableParallelism} from 'node:os'
import {CancelledError, ConflictError, type Context, DeniedError} from '@omni-ops/core/operation'
import {processingLimits} from '@omni-ops/core/privacy'
import type {Analyser} from '../analysis/analyser.ts'
import {readDocuments, type ReadDocuments} from '../analysis/document-reading.ts'
import {chunkDocument} from '../chunking/chunker.ts'
import {holdersOf, holdsDocuments} from '../documents/holders.ts'
import type {LoadedDocument} from '../documents/document.ts'
import type {PassageFilter, SearchFilter} from '../index/metadata-filter.ts'
import type {IndexedDocument, InTurn, SearchOptions} from '../index/chunk-index.ts'
import {ChunkIndex} from '../index/chunk-index.ts'
import type {Passage} from '../index/passage.ts'
import type {VectorDatabase} from '../stores/vector-database.ts'
import {type SimHash, SimHashIndex, simhashOf} from '../similarity/simhash.ts'
import {visibleTo, withAccess} from './access.ts'
import {Catalogue, type CatalogueEntry, type ComparedStatus, documentIdOf} from './catalogue.ts'
import {type CollectionIndex, CollectionIndexes} from './collection-indexes.ts'
import {ErasedMeanwhileError, ErasedPersons} from './erased-persons.ts'
import {assertSame, embeddedText, modelOf} from './embedding.ts'
import {fingerprintOf} from './fingerprint.ts'
import {CollectionDatabases} from './collection-databases.ts'
import {indexDirectory} from './index-directory.ts'
import {passageDatabase} from './passage-database.ts'
import {DocumentHeldError, type HeldDocument, Retention} from './retention.ts'
import {Situations} from './situations.ts'
import type {EmbeddingIdentity} from './tables.ts'

/** A document on its way in; `fingerprint` is the caller's part of what decides whether it is up to date. */
export interface IncomingDocument extends LoadedDocument {
  readonly fingerprint: string
  /**
   * Who may see it, as `group:hr` and `user:ana`; nobody named is everybody. Without a list it keeps the one it has, or
   * gets that of the document which holds it.
   */
  readonly access?: readonly string[]
}

/** Why a document was not taken in. */
export interface Refusal {
  readonly reason: 'held' | 'personal_data' | 'erased_person'
  readonly message: string
}

/** The caller may not touch a document, because it may not even see it. */
export class HiddenDocumentError extends DeniedError {
  override readonly code = 'document_hidden'
}

export interface IngestedDocument {
  readonly source: string
  readonly documentId: string
  /** Skipped is a near-duplicate that was not to be taken in; what is refused stays as it was. */
  readonly status: ComparedStatus | 'skipped' | 'refused'
  readonly refusal: Refusal | undefined
  /** The source of another document that says nearly the same. */
  readonly nearDuplicateOf: string | undefined
  readonly chunks: number
  readonly language: string
}

export interface RemovedDocument {
  readonly source: string
  readonly documentId: string
  readonly chunks: number
}

/** A document's fingerprint, and the source of the one it is a near-duplicate of. */
interface Alike {
  readonly simhash: SimHash | undefined
  readonly of: string | undefined
}

/** How documents are written. */
interface Writing {
  readonly alike: ReadonlyMap<string, Alike>
  readonly contextual: boolean
  readonly erased: ErasedPersons
}

/** By the source, what was written of a document. */
type Written = ReadonlyMap<string, {readonly chunks: number; readonly language: string}>

/** A batch of fewer documents is read sooner in this thread than another thread starts. */
const fewestForThread = 32
/** So many documents' passages are read together. */
const documentsAtOnce = 50
/** So many indexes are kept open; each may hold some hundred megabytes of what it read. */
const mostIndexes = 32
const searchesPerProcessor = 3
/** A write that finds another index this often in a row is given up. */
const mostMoves = 3

/**
 * One tenant's collection: its catalogue in the database and its passages in the index, kept in step. The database
 * says first what is about to happen and last that it did, so that a crash in between is seen and repaired: a document
 * that is `pending` is ingested again, one that is `removing` is removed by the next `settle`.
 */
export class Collection {
  readonly name: string
  readonly catalogue: Catalogue
  readonly indexes: CollectionIndexes
  readonly databases: CollectionDatabases
  readonly retention: Retention
  readonly #analyser: Analyser
  readonly #context: Context
  #state: CollectionIndex
  #vectorDb: VectorDatabase
  #index: ChunkIndex

  private constructor(parts: {
    readonly name: string
    readonly catalogue: Catalogue
    readonly indexes: CollectionIndexes
    readonly databases: CollectionDatabases
    readonly retention: Retention
    readonly state: CollectionIndex
    readonly vectorDb: VectorDatabase
    readonly index: ChunkIndex
    readonly analyser: Analyser
    readonly context: Context
  }) {
    this.name = parts.name
    this.catalogue = parts.catalogue
    this.indexes = parts.indexes
    this.databases = parts.databases
    this.retention = parts.retention
    this.#vectorDb = parts.vectorDb
    this.#state = parts.state
    this.#index = parts.index
    this.#analyser = parts.analyser
    this.#context = parts.context
  }

  /** Opens a collection for work; nothing is made until something is ingested. */
  static async open(name: string, context: Context): Promise<Collection> {
    const analyser = await sharedAnalyser(context)
    const indexes = await CollectionIndexes.open(context)
    const state = await indexes.get(name)
    const databases = await CollectionDatabases.open(context)
    const {vectorDb} = await databases.get(name)
    const index = await sharedIndex({name: state.indexName, dimension: state.embedding?.dimension, vectorDb}, context)
    const catalogue = await Catalogue.open(context)
    const retention = await Retention.open(context)
    return new Collection({name, catalogue, indexes, databases, retention, state, vectorDb, index, analyser, context})
  }

  get index(): ChunkIndex {
    return this.#index
  }

  /** The database that has the passages. */
  get vectorDb(): VectorDatabase {
    return this.#vectorDb
  }

  /** The name of the index in it. */
  get indexName(): string {
    return this.#state.indexName
  }

  /** The model that the passages' vectors are of; undefined where they have none. */
  get embedding(): EmbeddingIdentity | undefined {
    return this.#state.embedding
  }

  /**
   * What a search of this collection needs beside the query: its vector, where the passages have some, and the weights
   * that were tuned.
   * @param lexical search by words alone; nothing is sent anywhere.
   * @throws EmbeddingMissingError, EmbeddingMismatchError, and what `EmbeddingModel.embed` throws.
   */
  async searchOptions(
    query: string,
    {lexical}: {readonly lexical: boolean},
  ): Promise<Pick<SearchOptions, 'vector' | 'weights'>> {
    const {embedding, weights} = this.#state
    const tuned = weights === undefined ? {} : {weights}
    if (embedding === undefined || lexical) return tuned
    const model = await modelOf(embedding, this.name, this.#context)
    const {vectors} = await model.embed([query], {kind: 'query', signal: this.#context.signal})
    const vector = vectors[0]!
    assertSame(embedding, model, this.name, vector.length)
    return {vector, ...tuned}
  }

  get analyser(): Analyser {
    return this.#analyser
  }

  /**
   * What a search on the caller's behalf looks at: documents that the caller may see and that nobody is removing, and of
   * these those whose metadata match, without passages that name a person who restricted that or objected to it. Every
   * search that shows something of what it finds goes through it.
   */
  async visible(metadata?: PassageFilter['metadata']): Promise<SearchFilter> {
    const admits = await admittedPassages(this.#context)
    return {
      metadata: visibleTo(this.#context.principal, metadata),
      excludedDocumentIds: await this.catalogue.removing(this.name),
      ...(admits === undefined ? {} : {admits}),
    }
  }

  /**
   * Every passage of documents, in their order, but for those that name a person who restricted that or objected to it.
   * Whoever hands out or uses what is stored reads it so.
   */
  async admittedOf(
    documentIds: readonly string[],
  ): Promise<{readonly passages: readonly Passage[]; readonly withheld: number}> {
    if (documentIds.length === 0) return {passages: [], withheld: 0}
    const all = await this.index.ofDocuments(documentIds)
    const admits = await admittedPassages(this.#context)
    const passages = admits === undefined ? all : all.filter(admits)
    return {passages, withheld: all.length - passages.length}
  }

  /**
   * Cuts, indexes and records documents. What is up to date is left alone. The last of two with one source counts. With
   * `contextual` a language model writes where passages stand; throws what `Situations` throws. What is about a person
   * who was erased here is refused, unless a reason is given to take it in despite that.
   */
  async ingest(
    documents: readonly IncomingDocument[],
    options: {
      readonly skipNearDuplicates?: boolean
      readonly contextual?: boolean
      readonly despiteErasure?: string | undefined
    } = {},
  ): Promise<IngestedDocument[]> {
    const latest = [...new Map(documents.map(document => [document.source, document])).values()]
    const identities = latest.map(document => ({
      source: document.source,
      content_hash: document.contentHash,
      fingerprint: fingerprintOf(document.fingerprint),
    }))
    const statuses = await this.catalogue.compare(this.name, identities)
    await this.#refuseHidden(latest)
    const erased = await ErasedPersons.open(this.#context, {despite: options.despiteErasure})
    const outdated = latest.filter((_, index) => statuses[index] !== 'unchanged')
    const refusals = new Map([...(await erased.refusals(outdated)), ...(await this.#refusals(latest))])
    const work = latest.flatMap((document, index) =>
      statuses[index] === 'unchanged' || refusals.has(document.source) ? [] : [document],
    )
    const alike = await this.#compareTexts(work)
    const isNew = new Set(latest.flatMap(({source}, index) => (statuses[index] === 'added' ? [source] : [])))
    // What is there already is kept up to date, whatever it has come to look like.
    const isSkipped = ({source}: IncomingDocument): boolean =>
      options.skipNearDuplicates === true && isNew.has(source) && alike.get(source)?.of !== undefined
    const {written, refused} = await this.#writeAdmitted(
      work.filter(document => !isSkipped(document)),
      {alike, contextual: options.contextual === true, erased},
    )
    for (const [source, refusal] of refused) refusals.set(source, refusal)
    return latest.map((document, index) => {
      const status = statuses[index]!
      const refusal = status === 'unchanged' ? undefined : refusals.get(document.source)
      const entry = written.get(document.source)
      return {
        source: document.source,
        documentId: documentIdOf(this.name, document.source),
        status: refusal ? 'refused' : isSkipped(document) ? 'skipped' : status,
        refusal,
        nearDuplicateOf: alike.get(document.source)?.of,
        chunks: entry?.chunks ?? 0,
        language: entry?.language ?? 'und',
      }
    })
  }

  /**
   * Takes documents out by source or id. What is held stays where that is asked for, and what holds it.
   * @throws UnknownDocumentError unless what is missing is to be ignored, DocumentHeldError unless what is held is to
   *   stay; before anything is removed.
   */
  async remove(
    sourcesOrIds: readonly string[],
    options: {readonly dryRun: boolean; readonly ignoreMissing: boolean; readonly skipHeld: boolean},
  ): Promise<{readonly removed: readonly RemovedDocument[]; readonly held: readonly HeldDocument[]}> {
    const all = await this.withEmbedded(await this.catalogue.findAll(this.name, sourcesOrIds, options))
    const held = await this.retention.held(
      all.map(entry => entry.id),
      'any',
    )
    if (held.length > 0 && !options.skipHeld) throw new DocumentHeldError(held)
    const kept = new Set(held.flatMap(({source}) => holdersOf(source)))
    const entries = all.filter(({source}) => !kept.has(source))
    if (!options.dryRun && entries.length > 0) await this.#removeIds(entries.map(entry => entry.id))
    return {removed: entries.map(removedOf), held}
  }

  /** The ids of documents by source or id, and of those that they hold. Throws UnknownDocumentError. */
  async idsOf(sourcesOrIds: readonly string[]): Promise<string[]> {
    const entries = await this.catalogue.findAll(this.name, sourcesOrIds, {ignoreMissing: false})
    return (await this.withEmbedded(entries)).map(({id}) => id)
  }

  /** Takes everything out, and the collection itself. Throws DocumentHeldError before anything is removed. */
  async removeAll(options: {readonly dryRun: boolean}): Promise<RemovedDocument[]> {
    await this.catalogue.requireCollection(this.name)
    if (await this.catalogue.hasHidden(this.name)) {
      throw new HiddenDocumentError(`You may not remove all of the collection "${this.name}"`, {
        hint: 'name the documents to remove',
      })
    }
    const held = await this.retention.heldIn(this.name)
    if (held.length > 0) throw new DocumentHeldError(held)
    const removed: RemovedDocument[] = []
    for await (const entry of this.documents()) removed.push(removedOf(entry))
    if (options.dryRun) return removed
    const ids = removed.map(document => document.documentId)
    await this.catalogue.beginRemoval(ids)
    await this.#forget(ids)
    const {shadow, obsolete} = this.#state
    for (const name of [shadow?.index_name, obsolete]) {
      if (name !== undefined) await this.#drop(name, this.vectorDb)
    }
    const {previous} = await this.databases.get(this.name)
    if (previous !== undefined) await this.#drop(this.indexName, previous)
    await this.index.store.drop()
    await this.catalogue.completeRemoval(this.name, ids, true)
    return removed
  }

  /** Finishes removals that a crash interrupted, and deletes an index that was replaced. Returns how many removals. */
  async settle(): Promise<number> {
    await this.dropObsolete()
    if ((await this.catalogue.removing(this.name)).length === 0) return 0
    let ids: readonly string[] = []
    await this.#forget(await this.catalogue.removing(this.name))
    await this.index.removeDocuments(async () => {
      await this.#assertIndex(undefined)
      ids = await this.catalogue.removing(this.name)
      return ids
    })
    await this.catalogue.completeRemoval(this.name, ids, false)
    return ids.length
  }

  /** Deletes the index that the last re-embedding replaced. */
  async dropObsolete(): Promise<void> {
    const {obsolete, indexName} = await this.indexes.get(this.name)
    if (obsolete === undefined) return
    if (obsolete !== indexName) await this.#drop(obsolete, this.vectorDb)
    await this.indexes.forgetObsolete(this.name)
  }

  async #drop(name: string, vectorDb: VectorDatabase): Promise<void> {
    await (await sharedIndex({name, dimension: undefined, vectorDb}, this.#context)).store.drop()
  }

  /** Documents and those that they hold, each once. */
  async withEmbedded(entries: readonly CatalogueEntry[]): Promise<CatalogueEntry[]> {
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
    await this.dropObsolete()
    await this.#forget(ids)
    await this.#onPresentIndex(() =>
      this.index.removeDocuments(async () => {
        await this.#assertIndex(undefined)
        await this.catalogue.beginRemoval(ids)
        return ids
      }),
    )
    await this.catalogue.completeRemoval(this.name, ids, false)
  }

  /** The fingerprint of each document's text, and which document it is a near-duplicate of. */
  async #compareTexts(documents: readonly IncomingDocument[]): Promise<ReadonlyMap<string, Alike>> {
    const simhashes = new Map(documents.map(({source, text}) => [source, simhashOf(text)]))
    const known = [...simhashes.values()].filter(simhash => simhash !== undefined)
    const index = new SimHashIndex<string>()
    for (const {source, simhash} of await this.catalogue.simhashesNear(this.name, known)) {
      // What is about to be replaced is compared as it will be.
      if (!simhashes.has(source)) index.add(source, simhash)
    }
    const alike = new Map<string, Alike>()
    for (const [source, simhash] of simhashes) {
      const of = simhash === undefined ? undefined : index.nearest(simhash)?.key
      alike.set(source, {simhash, of})
      if (simhash !== undefined && of === undefined) index.add(source, simhash)
    }
    return alike
  }

  /** Writes documents but for those whose person is erased before they are written, and says why not. */
  async #writeAdmitted(
    documents: readonly IncomingDocument[],
    how: Writing,
  ): Promise<{readonly written: Written; readonly refused: ReadonlyMap<string, Refusal>}> {
    const refused = new Map<string, Refusal>()
    for (;;) {
      const admitted = documents.filter(({source}) => !refused.has(source))
      if (admitted.length === 0) return {written: new Map(), refused}
      try {
        return {written: await this.#onPresentIndex(() => this.#writeOnce(admitted, how)), refused}
      } catch (error) {
        if (!(error instanceof ErasedMeanwhileError)) throw error
        for (const [source, refusal] of error.refusals) refused.set(source, refusal)
      }
    }
  }

  async #writeOnce(documents: readonly IncomingDocument[], how: Writing): Promise<Written> {
    const {alike, contextual, erased} = how
    if (this.#context.signal.aborted) throw new CancelledError()
    const access = await this.#accessOf(documents)
    const cut = documents.map((document, index) => this.#cut(document, access[index]!))
    const situations = contextual ? await Situations.open(this.#context) : undefined
    const {indexed, identity} = await this.#embed(situations ? await situations.situate(cut) : cut)
    const outdated = identity ? await this.#textsOf(indexed.map(({documentId}) => documentId)) : new Set<string>()
    const entries = documents.map((document, index) => this.#entryOf(document, indexed[index]!))
    let read: typeof entries = []
    let attempt = ''
    const begin = async (languages: ReadonlyMap<string, string>): Promise<void> => {
      await this.#assertIndex(identity)
      read = entries.map(entry => ({...entry, language: languages.get(entry.id) ?? entry.language}))
      attempt = await this.catalogue.begin(
        this.name,
        read.map((entry, index) => ({
          ...entry,
          access: access[index]!,
          simhash: alike.get(entry.source)?.simhash,
        })),
        this.vectorDb,
        unit => erased.refuse(unit, documents),
      )
      // Of two that make a collection at once, one finds that the other has put it elsewhere.
      await this.#assertDatabase()
      if (identity && !this.embedding) await this.indexes.adopt(this.name, identity)
    }
    const {chunks} = await this.index.replaceDocuments(indexed, begin).catch(async (error: unknown) => {
      if (error instanceof ErasedMeanwhileError) await this.#forgetRefused(error, indexed, identity, situations)
      throw error
    })
    const exceptions = await erased.exceptions(documents)
    await this.catalogue.complete(this.name, attempt, read, {documents: read.length, chunks, ...exceptions})
    await situations?.forgetOthers(indexed)
    for (const document of indexed) for (const text of embeddedTexts(document)) outdated.delete(text)
    if (identity && outdated.size > 0) await this.#forgetTexts(identity, [...outdated])
    return new Map(read.map(entry => [entry.source, {chunks: entry.chunks, language: entry.language}]))
  }

  /**
   * Documents with their vectors, where the collection has vectors or is empty and the settings choose a model. What a
   * model was paid for is remembered, so that this can fail and be run again.
   */
  async #embed(
    documents: readonly IndexedDocument[],
  ): Promise<{indexed: readonly IndexedDocument[]; identity: EmbeddingIdentity | undefined}> {
    const {embedding} = this
    const isEmpty =
      embedding === undefined && (await this.catalogue.firstIds(this.name, 1, {visible: false})).length === 0
    if (embedding === undefined && !isEmpty) return {indexed: documents, identity: undefined}
    const model = embedding ? await modelOf(embedding, this.name, this.#context) : await this.#context.embeddings()
    const texts = documents.flatMap(embeddedTexts)
    if (model === undefined || texts.length === 0) return {indexed: documents, identity: embedding}
    const {vectors} = await model.embed(texts, {kind: 'document', signal: this.#context.signal})
    const identity = {provider: model.provider, model: model.model, dimension: vectors[0]!.length}
    if (embedding) assertSame(embedding, model, this.name, identity.dimension)
    this.#index = await this.#sharedIndex(identity.dimension)
    let at = 0
    const indexed = documents.map(document => {
      const own = vectors.slice(at, at + document.chunks.length)
      at += own.length
      return {...document, vectors: own}
    })
    return {indexed, identity}
  }

  /** Does something on the index, and again on another one where a re-embedding came in between. */
  async #onPresentIndex<T>(work: () => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries++) {
      try {
        return await work()
      } catch (error) {
        if (!(error instanceof IndexMovedError) || tries >= mostMoves) throw error
        this.#state = await this.indexes.get(this.name)
        this.#vectorDb = (await this.databases.get(this.name)).vectorDb
        this.#index = await this.#sharedIndex(this.embedding?.dimension)
      }
    }
  }

  #sharedIndex(dimension: number | undefined): Promise<ChunkIndex> {
    return sharedIndex({name: this.indexName, dimension, vectorDb: this.vectorDb}, this.#context)
  }

  async #assertDatabase(): Promise<void> {
    if ((await this.databases.get(this.name)).vectorDb !== this.vectorDb) throw new IndexMovedError(this.name)
  }

  /**
   * To be called by whoever holds the index's lock, before writing to it.
   * @param written of the vectors that are to be written; undefined for a write without any.
   * @throws IndexMovedError, EmbeddingMismatchError
   */
  async #assertIndex(written: EmbeddingIdentity | undefined): Promise<void> {
    await this.#assertDatabase()
    const {indexName, embedding} = await this.indexes.get(this.name)
    if (indexName !== this.#state.indexName) throw new IndexMovedError(this.name)
    if (written && embedding) assertSame(embedding, written, this.name, written.dimension)
    // Somebody else has begun with vectors, or without, since this collection was opened.
    const isNew = written && !embedding && (await this.catalogue.firstIds(this.name, 1, {visible: false})).length > 0
    if (isNew || (embedding && !this.embedding && !written)) throw new IndexMovedError(this.name)
  }

  /** Forgets the remembered vectors of documents that go. */
  async #forget(ids: readonly string[]): Promise<void> {
    if (!this.embedding) return
    for (let at = 0; at < ids.length; at += documentsAtOnce) {
      const texts = await this.#textsOf(ids.slice(at, at + documentsAtOnce))
      await this.#forgetTexts(this.embedding, [...texts])
    }
  }

  async #forgetTexts(identity: EmbeddingIdentity, texts: readonly string[]): Promise<void> {
    const {forgetEmbeddings} = await import('@omni-ops/core/llm')
    const dimension = this.#context.settings.get('rag.embedding_dimension') as number | undefined
    await forgetEmbeddings({...identity, dimension}, texts, this.#context)
  }

  /** What was remembered of documents on the way to a write that did not take place. */
  async #forgetRefused(
    {refusals}: ErasedMeanwhileError,
    documents: readonly IndexedDocument[],
    identity: EmbeddingIdentity | undefined,
    situations: Situations | undefined,
  ): Promise<void> {
    const refused = documents.filter(({source}) => refusals.has(source))
    if (identity) await this.#forgetTexts(identity, refused.flatMap(embeddedTexts))
    await situations?.forget(refused.map(({documentId}) => documentId))
  }

  /** What was embedded of documents as they are in the index. */
  async #textsOf(ids: readonly string[]): Promise<Set<string>> {
    if (!(await this.index.exists())) return new Set()
    return new Set((await this.index.ofDocuments(ids)).map(embeddedText))
  }

  /** Which documents may not be changed, by their source. */
  async #refusals(documents: readonly IncomingDocument[]): Promise<ReadonlyMap<string, Refusal>> {
    const held = await this.retention.held(
      documents.map(({source}) => documentIdOf(this.name, source)),
      'complete',
    )
    return new Map(
      held.map(({source, reasons}) => {
        const message = `stays as it was: it is under legal hold (${reasons.join('; ')})`
        return [source, {reason: 'held', message}] as const
      }),
    )
  }

  /** Who may see each document. */
  async #accessOf(documents: readonly IncomingDocument[]): Promise<(readonly string[])[]> {
    const holders = documents.map(({source, access}) =>
      access === undefined ? holdersOf(source).map(each => documentIdOf(this.name, each)) : [],
    )
    const known = await this.catalogue.accessOf([...new Set(holders.flat())])
    return documents.map(
      ({access}, index) => access ?? holders[index]!.map(id => known.get(id)).find(list => list !== undefined) ?? [],
    )
  }

  async #refuseHidden(documents: readonly IncomingDocument[]): Promise<void> {
    const hidden = await this.catalogue.hidden(documents.map(({source}) => documentIdOf(this.name, source)))
    if (hidden.size === 0) return
    const {source} = documents.find(each => hidden.has(documentIdOf(this.name, each.source)))!
    throw new HiddenDocumentError(`You may not write ${source} in the collection "${this.name}"`, {
      hint: 'ask somebody whom its access list names, or ingest under another name',
    })
  }

  #cut(document: IncomingDocument, access: readonly string[]): IndexedDocument {
    return {
      documentId: documentIdOf(this.name, document.source),
      source: document.source,
      ...(document.title === undefined ? {} : {title: document.title}),
      metadata: withAccess(document.metadata, access),
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

/** A re-embedding has put another index in the place of the one that was about to be written to. */
export class IndexMovedError extends ConflictError {
  override readonly code = 'rag_index_moved'

  constructor(collection: string) {
    super(`The collection "${collection}" was given another index meanwhile`, {hint: 'run it again'})
  }
}

function embeddedTexts({title, chunks}: IndexedDocument): string[] {
  return chunks.map(chunk => embeddedText({...chunk, ...(title === undefined ? {} : {title})}))
}

/** One for all calls of a session. Its name is the collection's, until that was embedded anew. */
export async function sharedIndex(
  {name, dimension, vectorDb}: {name: string; dimension: number | undefined; vectorDb: VectorDatabase},
  context: Context,
): Promise<ChunkIndex> {
  const analyser = await sharedAnalyser(context)
  return context.shared(
    `rag/index/${vectorDb}/${indexDirectory(context)}/${name}/${dimension ?? ''}`,
    async () => {
      const database = await passageDatabase(vectorDb, context)
      return new ChunkIndex({
        store: database.open(name, dimension === undefined ? {} : {dimension}),
        analyser,
        read: readerFor(context, analyser),
        ...(searchedHere.has(vectorDb) ? {inTurn: await searchTurns(context)} : {}),
      })
    },
    opened => opened.close(),
    {name: 'rag/index', most: mostIndexes},
  )
}

/** Databases whose searches this machine's own processors do. */
const searchedHere: ReadonlySet<VectorDatabase> = new Set(['lancedb', 'faiss'])

/**
 * Searches of the whole process, first come, first served. An engine that is asked by everybody at once gives each a
 * little at a time, so that all wait for the last; a few at once keep the processors as busy.
 */
function searchTurns(context: Context): Promise<InTurn> {
  return context.shared('rag/search-turns', async () => {
    const {default: pLimit} = await import('p-limit')
    return pLimit(searchesPerProcessor * availableParallelism())
  })
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

/** Which passages may be shown and used; undefined where all may. */
export async function admittedPassages(context: Context): Promise<((passage: Passage) => boolean) | undefined> {
  const limits = await processingLimits(context, 'search')
  return limits.none ? undefined : passage => limits.admits(textsOf(passage))
}

/** Everything that a passage says, wherever it stands. */
function textsOf(passage: Passage): readonly (string | undefined)[] {
  const {source, title, headings, tableHeader, situation, text, metadata} = passage
  return [source, title, ...headings, tableHeader, situation, text, JSON.stringify(metadata)]
}
