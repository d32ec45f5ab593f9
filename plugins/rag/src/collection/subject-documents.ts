import {readdir} from 'node:fs/promises'
import {dirname, join} from 'node:path'
import type {Context} from '@omni-ops/core/operation'
import {
  type Decisions,
  ErasureJournal,
  filesBelow,
  type Identity,
  IdentifierSearch,
  type KeepReason,
  keepReason,
  occurrencesInFile,
  type PersonalRecord,
  type PersonalStore,
  type Purged,
  type Residue,
  type StoreReceipt,
  type Subject,
} from '@omni-ops/core/privacy'
import type {ChunkIndex} from '../index/chunk-index.ts'
import type {Passage} from '../index/passage.ts'
import type {VectorDatabase} from '../stores/vector-database.ts'
import {withoutAccess} from './access.ts'
import {Catalogue} from './catalogue.ts'
import {Collection, sharedIndex} from './collection.ts'
import {indexDirectory} from './index-directory.ts'
import {indexLocation, passageDatabase} from './passage-database.ts'
import type {RagTables} from './tables.ts'

type DocumentPlace = Pick<PersonalStore, 'store' | 'table'> & {
  readonly store: 'sql' | 'vectors'
  readonly table: 'rag_documents' | 'rag_passages'
}

/** An index with passages, of a collection or of none that the catalogue knows. */
interface PassageIndex {
  readonly vectorDb: VectorDatabase
  readonly name: string
  /** Undefined where the catalogue has lost it, as after a restore of the database alone. */
  readonly collection: string | undefined
  /** Whether the collection is searched in it. */
  readonly present: boolean
}

/** A document whose words or properties name the subject. */
interface NamedDocument {
  readonly index: string
  readonly id: string
  readonly matchedBy: readonly Identity[]
  readonly fields: Readonly<Record<string, unknown>>
  readonly at?: string
}

const documentsAtOnce = 50
const rowsAtOnce = 500
const hold = {reason: 'the document is under a legal hold', citation: 'GDPR, article 17(3)(e)'}
/** Whose files are this program's own. */
const localDatabases: readonly VectorDatabase[] = ['lancedb', 'faiss']

/**
 * The documents of a tenant that name a person, in all collections and in every index that holds their passages: the
 * present one, one that a re-embedding fills, one that a migration copies to or came from, one that nobody knows any more.
 */
export class SubjectDocuments {
  readonly #context: Context
  /** Indexes out of which something was removed since this was opened. */
  readonly #touched = new Set<string>()

  constructor(context: Context) {
    // Who may see a document is no matter of whom it names.
    this.#context = {...context, principal: {...context.principal, kind: 'system', scopes: '*'}}
  }

  place(store: 'sql' | 'vectors', table: 'rag_documents' | 'rag_passages'): PersonalStore {
    const place: DocumentPlace = {store, table}
    const inPassages = store === 'vectors'
    return {
      store,
      table,
      locate: subject => this.#locate(place, subject),
      erase: (subject, decisions) => this.#erase(place, subject, decisions),
      ...(inPassages
        ? {
            // Every tenant's: what is in another's is not this person's.
            covers: [dirname(indexDirectory(this.#context))],
            purge: (subject: Subject) => this.#purge(subject),
            verifyErased: (subject: Subject) => this.#verifyErased(subject),
          }
        : {}),
    }
  }

  async *#locate(place: DocumentPlace, subject: Subject): AsyncGenerator<PersonalRecord> {
    const search = new IdentifierSearch(subject)
    if (!search.isTelling) return
    const problems = new Problems()
    for (const index of await this.#indexes(problems)) {
      try {
        for await (const named of this.#named(place, index, search)) yield recordOf(place, named)
      } catch (error) {
        problems.add(index.vectorDb, error)
      }
    }
    problems.throwIfAny()
  }

  #named(place: DocumentPlace, index: PassageIndex, search: IdentifierSearch): AsyncGenerator<NamedDocument> {
    return place.store === 'sql' ? this.#namedInCatalogue(index, search) : this.#namedInPassages(index, search)
  }

  /** Rows in every state: a removal that was cut off has left its own in one that no list shows. */
  async *#namedInCatalogue(
    {collection, present}: PassageIndex,
    search: IdentifierSearch,
  ): AsyncGenerator<NamedDocument> {
    // Of several indexes of one collection, the present one stands for the catalogue.
    if (collection === undefined || !present) return
    const store = await this.#context.store()
    for (let last = ''; ;) {
      const rows = await store
        .read<RagTables>(this.#context.tenant)
        .selectFrom('rag_documents')
        .select(['id', 'source', 'title', 'metadata', 'ingested_at'])
        .where('collection', '=', collection)
        .where('id', '>', last)
        .orderBy('id')
        .limit(rowsAtOnce)
        .execute()
      for (const {id, source, title, metadata, ingested_at: at} of rows) {
        const matchedBy = search.mentionedInValue([source, title, metadata])
        const fields = {collection, source, title, metadata}
        if (matchedBy.length > 0) yield {index: collection, id, matchedBy, fields, at}
      }
      if (rows.length < rowsAtOnce) return
      last = rows.at(-1)!.id
    }
  }

  async *#namedInPassages(index: PassageIndex, search: IdentifierSearch): AsyncGenerator<NamedDocument> {
    const opened = await this.#open(index)
    if (!(await opened.exists())) return
    const ids = new Set<string>()
    for await (const {documentId} of opened.scan()) ids.add(documentId)
    const all = [...ids]
    for (let at = 0; at < all.length; at += documentsAtOnce) {
      this.#context.signal.throwIfAborted()
      const passages = await opened.ofDocuments(all.slice(at, at + documentsAtOnce))
      for (const [id, own] of Map.groupBy(passages, ({documentId}) => documentId)) {
        const named = namedIn(own, search)
        if (named !== undefined) yield {index: `${index.vectorDb}/${index.name}`, id, ...named}
      }
    }
  }

  async #erase(place: DocumentPlace, subject: Subject, decisions: Decisions): Promise<StoreReceipt> {
    const kept: ({readonly key: string} & KeepReason)[] = []
    let erased = 0
    const search = new IdentifierSearch(subject)
    const problems = new Problems()
    for (const index of search.isTelling ? await this.#indexes(problems) : []) {
      try {
        // A write that asked before the erasure was written down has to be seen; one that asks later is refused.
        await (await this.#open(index)).store.awaitWriters()
        // What an earlier attempt had begun to remove when it was killed.
        if (index.present && index.collection !== undefined) {
          const settled = await (await Collection.open(index.collection, this.#context)).settle()
          if (settled > 0) this.#touched.add(indexKey(index))
        }
        const going = new Map<string, string>()
        for await (const named of this.#named(place, index, search)) {
          const {key} = recordOf(place, named)
          const reason = this.#keepReason(named, decisions)
          if (reason === undefined) going.set(named.id, key)
          else kept.push({key, ...reason})
        }
        const held = await this.#remove(index, [...going.keys()])
        for (const id of held) kept.push({key: going.get(id)!, ...hold})
        erased += going.size - held.length
      } catch (error) {
        problems.add(index.vectorDb, error)
      }
    }
    const receipt = {...place, found: erased + kept.length, erased, kept}
    const message = problems.message
    return message === undefined
      ? {...receipt, verified: true, state: 'done'}
      : {...receipt, verified: false, state: 'unreachable', message}
  }

  /** What is decided of a document counts for its row and for its passages. */
  #keepReason(named: NamedDocument, decisions: Decisions): KeepReason | undefined {
    const places: readonly DocumentPlace[] = [
      {store: 'sql', table: 'rag_documents'},
      {store: 'vectors', table: 'rag_passages'},
    ]
    const reasons = places.map(place => keepReason(recordOf(place, named), decisions))
    return reasons.find(reason => reason !== undefined)
  }

  /** @returns the ids of those that are under a legal hold and stay */
  async #remove(index: PassageIndex, ids: readonly string[]): Promise<string[]> {
    if (ids.length === 0) return []
    if (index.collection === undefined) {
      await this.#removePassages(index, ids)
      return []
    }
    const collection = await Collection.open(index.collection, this.#context)
    // Before they go, so that no file that was erased comes back, wherever this is killed.
    const going = await collection.withEmbedded(
      await collection.catalogue.findAll(collection.name, ids, {ignoreMissing: true}),
    )
    const journal = await ErasureJournal.open(this.#context)
    await journal.suppressContent(await collection.catalogue.contentHashes(going.map(({id}) => id)))
    const held = new Set((await collection.retention.held(ids, 'any')).map(({source}) => source))
    const {removed} = await collection.remove(ids, {dryRun: false, ignoreMissing: true, skipHeld: true})
    const stay = held.size === 0 ? new Set<string>() : await this.#idsOf(index.collection, held)
    const gone = [...new Set([...removed.map(({documentId}) => documentId), ...ids])].filter(id => !stay.has(id))
    // A re-embedding, a migration or a crash may have left passages of them elsewhere, or without a row.
    for (const other of await this.#indexesOf(index.collection)) await this.#removePassages(other, gone)
    return ids.filter(id => stay.has(id))
  }

  async #idsOf(collection: string, sources: ReadonlySet<string>): Promise<ReadonlySet<string>> {
    const catalogue = await Catalogue.open(this.#context)
    const entries = await catalogue.findAll(collection, [...sources], {ignoreMissing: true})
    return new Set(entries.map(({id}) => id))
  }

  async #removePassages(index: PassageIndex, ids: readonly string[]): Promise<void> {
    this.#touched.add(indexKey(index))
    const opened = await this.#open(index)
    if (await opened.exists()) await opened.removeDocuments(async () => ids)
  }

  async #purge(subject: Subject): Promise<Purged> {
    const search = new IdentifierSearch(subject)
    const now = this.#context.clock.now()
    const messages = new Set<string>()
    const problems = new Problems()
    for (const index of await this.#indexes(problems)) {
      try {
        const store = (await this.#open(index)).store
        if (!(await store.exists())) continue
        if (this.#touched.has(indexKey(index)) || (await this.#mayHoldMore(index, search))) await store.erase(now)
        const message = leftToOthers[index.vectorDb]
        if (message !== undefined) messages.add(message)
      } catch (error) {
        problems.add(index.vectorDb, error)
      }
    }
    problems.throwIfAny()
    return messages.size === 0 ? {verified: true} : {verified: true, message: [...messages].join('; ')}
  }

  /** Whether an earlier attempt was killed after removing and before erasing, as far as that can be told. */
  async #mayHoldMore(index: PassageIndex, search: IdentifierSearch): Promise<boolean> {
    const files = this.#filesOf(index)
    // A server's files are not read: what was deleted there may have been deleted a moment ago.
    if (files === undefined) return index.vectorDb === 'pgvector'
    for (const path of files) {
      if (path.endsWith('.lance') && (await readdir(join(path, '_deletions')).catch(() => [])).length > 0) return true
      for await (const file of filesBelow(path)) if ((await occurrencesInFile(file, search)) > 0) return true
    }
    return false
  }

  async *#verifyErased(subject: Subject): AsyncGenerator<Residue> {
    const search = new IdentifierSearch(subject)
    if (!search.isTelling) return
    for (const vectorDb of localDatabases) {
      const location = indexLocation(vectorDb, this.#context)
      if (location === null || location.includes('://')) continue
      for await (const path of filesBelow(location)) {
        const found = await occurrencesInFile(path, search)
        if (found === 0) continue
        yield {
          store: 'vectors',
          place: path,
          kind: 'bytes',
          found,
          message:
            'stands in a file of the index: of a document that is there, of its access list, or of an old version',
        }
      }
      // FAISS keeps its files below those of LanceDB.
      return
    }
  }

  /** Paths of an index on this machine; undefined where a service or an object store has it. */
  #filesOf({vectorDb, name}: PassageIndex): string[] | undefined {
    const location = localDatabases.includes(vectorDb) ? indexLocation(vectorDb, this.#context) : null
    if (location === null || location.includes('://')) return undefined
    return ['.lance', '.faiss', '.removed'].map(ending => join(location, `${name}${ending}`))
  }

  #open({vectorDb, name}: PassageIndex): Promise<ChunkIndex> {
    return sharedIndex({name, dimension: undefined, vectorDb}, this.#context)
  }

  /** Every index of the tenant, each once. A database that does not answer is noted. */
  async #indexes(problems: Problems): Promise<PassageIndex[]> {
    const catalogue = await Catalogue.open(this.#context)
    const known = new Map<string, PassageIndex>()
    for (const {collection} of await catalogue.totals()) {
      for (const index of await this.#indexesOf(collection)) known.set(indexKey(index), index)
    }
    const databases = new Set<VectorDatabase>([...known.values()].map(({vectorDb}) => vectorDb))
    databases.add('lancedb')
    for (const vectorDb of databases) {
      try {
        for (const name of await (await passageDatabase(vectorDb, this.#context)).collections()) {
          const index = {vectorDb, name, collection: undefined, present: false}
          if (!known.has(indexKey(index))) known.set(indexKey(index), index)
        }
      } catch (error) {
        problems.add(vectorDb, error)
      }
    }
    return [...known.values()]
  }

  async #indexesOf(collection: string): Promise<PassageIndex[]> {
    const {databases, indexes} = await Collection.open(collection, this.#context)
    const [{vectorDb, copy, previous}, {indexName, shadow, obsolete}] = await Promise.all([
      databases.get(collection),
      indexes.get(collection),
    ])
    const here = [indexName, shadow?.index_name, obsolete].flatMap(name =>
      name === undefined ? [] : [{vectorDb, name}],
    )
    const elsewhere = [
      ...(copy === undefined ? [] : [{vectorDb: copy.to, name: copy.index_name}]),
      ...(previous === undefined ? [] : [{vectorDb: previous, name: indexName}]),
    ]
    return [...here, ...elsewhere].map((index, at) => ({...index, collection, present: at === 0}))
  }
}

/** What deleting and erasing leaves to whoever runs a database. */
const leftToOthers: Partial<Record<VectorDatabase, string>> = {
  pgvector: "PostgreSQL's write-ahead log, archive, replicas and backups are its operator's",
  pinecone: 'Pinecone was told to delete; when it compacts is its own affair',
  weaviate: 'Weaviate was told to delete; when it compacts is its own affair',
}

/** What went wrong in some databases while the others went on. */
class Problems {
  readonly #byDatabase = new Map<string, unknown>()

  add(vectorDb: VectorDatabase, error: unknown): void {
    if (error instanceof Error && error.name === 'AbortError') throw error
    if (!this.#byDatabase.has(vectorDb)) this.#byDatabase.set(vectorDb, error)
  }

  get message(): string | undefined {
    if (this.#byDatabase.size === 0) return undefined
    return [...this.#byDatabase]
      .map(([name, error]) => `${name}: ${error instanceof Error ? error.message : String(error)}`)
      .join('; ')
  }

  throwIfAny(): void {
    const [first] = this.#byDatabase.values()
    if (first !== undefined) throw first
  }
}

function indexKey({vectorDb, name}: PassageIndex): string {
  return `${vectorDb}/${name}`
}

function recordOf(place: DocumentPlace, {index, id, matchedBy, fields, at}: NamedDocument): PersonalRecord {
  // A row of the catalogue is named by its id alone; passages of one document may be in several indexes.
  const key = JSON.stringify(place.store === 'sql' ? [id] : [index, id])
  return {...place, key, ...(at === undefined ? {} : {at}), fields, matchedBy, match: 'free-text'}
}

/** Which of a document's passages name the subject, and the properties that do. */
function namedIn(
  passages: readonly Passage[],
  search: IdentifierSearch,
): Pick<NamedDocument, 'matchedBy' | 'fields'> | undefined {
  const inOrder = passages.toSorted((a, b) => a.ordinal - b.ordinal)
  const [first] = inOrder
  if (first === undefined) return undefined
  const metadata = withoutAccess(first.metadata)
  const properties = search.mentionedInValue([first.source, first.title, metadata])
  const telling = inOrder.filter(passage => search.mentionedInValue(wordsOf(passage)).length > 0)
  // An identifier that is cut between two passages is in none of them.
  const whole = search.mentionedIn(joined(inOrder))
  const matchedBy = [
    ...new Set([...properties, ...whole, ...telling.flatMap(passage => search.mentionedInValue(wordsOf(passage)))]),
  ]
  if (matchedBy.length === 0) return undefined
  const shown = telling.length > 0 || whole.length === 0 ? telling : inOrder
  const text = shown.map(passage => passage.text).join('\n…\n')
  return {matchedBy, fields: {source: first.source, title: first.title ?? null, metadata, text}}
}

function wordsOf({text, headings, tableHeader, situation}: Passage): unknown[] {
  return [text, headings, tableHeader, situation]
}

/** The text of a document, of its passages: where they overlap once, where something is left out with a space. */
function joined(passages: readonly Passage[]): string {
  let text = ''
  let end = 0
  for (const passage of passages) {
    if (passage.start > end) text += ' '
    text += passage.text.slice(Math.max(0, Math.min(passage.text.length, end - passage.start)))
    end = Math.max(end, passage.end)
  }
  return text
}
