import {createHmac, hkdfSync} from 'node:crypto'
import {join} from 'node:path'
import type {Context} from '../operation/context.ts'
import {FailureError, NotConfiguredError} from '../operation/errors.ts'
import {keyFromFile} from '../seal/key-file.ts'
import type {Store} from '../store/store.ts'
import type {ErasureDatabase} from './erasure-tables.ts'
import {normalisedIdentity} from './identifier-search.ts'
import type {Decisions, GivenIdentity, Subject} from './personal-store.ts'
import {erasureDirectory, tombstoneFile} from './tombstone-file.ts'
import {appendTombstone, type Erased, readTombstones, sealErased, type Tombstone, unsealErased} from './tombstones.ts'

/** Servers that share a database need one erasure key, and none is set; or the file with it cannot be used. */
export class NoErasureKeyError extends NotConfiguredError {
  override readonly code = 'no_erasure_key'
}

/** The erasure key cannot be read or made. */
export class ErasureKeyFileError extends FailureError {
  override readonly code = 'erasure_key_file'
}

const keyBytes = 32
const digestsPerQuery = 500
/** An erasure that began so long ago and has not ended was killed, by milliseconds. */
const longestErasure = 24 * 60 * 60 * 1000

type JournalContext = Pick<
  Context,
  | 'tenant'
  | 'principal'
  | 'operation'
  | 'clock'
  | 'random'
  | 'signal'
  | 'settings'
  | 'directories'
  | 'profile'
  | 'workingDirectory'
  | 'store'
>

/**
 * Remembers erasures: in the list of tombstones, so that they are done again after a restore, and as keyed digests in the
 * database, so that nobody who was erased is imported again.
 */
export class ErasureJournal {
  readonly #store: Store
  readonly #context: JournalContext
  readonly #key: Buffer

  private constructor(store: Store, context: JournalContext, key: Buffer) {
    this.#store = store
    this.#context = context
    this.#key = key
  }

  /** @throws NoErasureKeyError, ErasureKeyFileError */
  static async open(context: JournalContext): Promise<ErasureJournal> {
    const store = await context.store()
    return new ErasureJournal(store, context, await erasureKey(store, context))
  }

  /**
   * Writes down that somebody is about to be erased, before anything is. One that was not finished goes on under its id.
   * @returns its id, and whether an earlier attempt may have erased a part
   * @throws TombstoneFileError
   */
  async begin(subject: Subject, decisions: Decisions): Promise<{readonly id: string; readonly resumed: boolean}> {
    const {random, clock, tenant} = this.#context
    const unfinished = await this.#unfinishedOf(subject)
    const id = unfinished ?? random.id()
    const now = clock.now().toISOString()
    const sealed = sealErased({subject, decisions}, {key: this.#key, tenant, id, random})
    await appendTombstone(tombstoneFile(this.#context), {tenant, id, at: now, sealed})
    await this.#store.unit(this.#context, {audit: false}, async unit => {
      const database = unit.database<ErasureDatabase>()
      await database
        .insertInto('omni_erasures')
        .values({id, begun_at: now, finished_at: null})
        .onConflict(conflict => conflict.columns(['id']).doUpdateSet({begun_at: now, finished_at: null}))
        .execute()
      const rows = subject.identities
        .filter(({shared}) => shared !== true)
        .map(identity => ({kind: identity.kind, digest: this.#digest(identity), since: now}))
      for (const row of rows) {
        await database
          .insertInto('omni_suppressions')
          .values(row)
          .onConflict(conflict => conflict.columns(['kind', 'digest']).doNothing())
          .execute()
      }
    })
    return {id, resumed: unfinished !== undefined}
  }

  async finish(id: string, details: Readonly<Record<string, number>>): Promise<void> {
    const audit = {action: 'subject.erased', resource: `erasure:${id}`, details: {...details}}
    const finished_at = this.#context.clock.now().toISOString()
    await this.#store.unit(this.#context, {audit}, async unit => {
      await unit
        .database<ErasureDatabase>()
        .updateTable('omni_erasures')
        .set({finished_at})
        .where('id', '=', id)
        .execute()
    })
  }

  /** Erasures that the list knows and this database does not, or that were cut off long ago: to be done again. */
  async missing(): Promise<(Erased & {readonly id: string})[]> {
    const known = await this.#recorded()
    const now = this.#context.clock.now().getTime()
    return (await this.#tombstones()).flatMap(tombstone => {
      const row = known.get(tombstone.id)
      const isAtWork = row !== undefined && now - Date.parse(row.begun_at) < longestErasure
      if (row?.finished_at || isAtWork) return []
      return [{id: tombstone.id, ...unsealErased(this.#key, tombstone)}]
    })
  }

  /** Which of these identities were erased here and must not be imported again. */
  async suppressed(identities: readonly GivenIdentity[]): Promise<GivenIdentity[]> {
    const byDigest = new Map(identities.map(each => [this.#digest(each), each]))
    const digests = [...byDigest.keys()]
    const found: GivenIdentity[] = []
    for (let from = 0; from < digests.length; from += digestsPerQuery) {
      const rows = await this.#store
        .read<ErasureDatabase>(this.#context.tenant)
        .selectFrom('omni_suppressions')
        .select(['kind', 'digest'])
        .where('digest', 'in', digests.slice(from, from + digestsPerQuery))
        .execute()
      for (const {digest} of rows) found.push(byDigest.get(digest)!)
    }
    return found
  }

  /** The last line of an erasure counts: it was begun again with more that was known. */
  async #tombstones(): Promise<Tombstone[]> {
    const all = await readTombstones(tombstoneFile(this.#context))
    const own = all.filter(({tenant}) => tenant === this.#context.tenant)
    return [...new Map(own.map(tombstone => [tombstone.id, tombstone])).values()]
  }

  async #recorded(): Promise<ReadonlyMap<string, {readonly begun_at: string; readonly finished_at: string | null}>> {
    const rows = await this.#store
      .read<ErasureDatabase>(this.#context.tenant)
      .selectFrom('omni_erasures')
      .select(['id', 'begun_at', 'finished_at'])
      .execute()
    return new Map(rows.map(row => [row.id, row]))
  }

  async #unfinishedOf(subject: Subject): Promise<string | undefined> {
    const wanted = new Set(subject.identities.map(identity => this.#digest(identity)))
    const known = await this.#recorded()
    const open = (await this.#tombstones()).filter(({id}) => !known.get(id)?.finished_at)
    return open.find(tombstone =>
      unsealErased(this.#key, tombstone).subject.identities.some(identity => wanted.has(this.#digest(identity))),
    )?.id
  }

  /** What earlier, unfinished attempts to erase these people knew of them: the rows that told it may be gone. */
  async rememberedOf(subject: Subject): Promise<Subject['identities']> {
    const id = await this.#unfinishedOf(subject)
    const tombstone = id === undefined ? undefined : (await this.#tombstones()).find(each => each.id === id)
    return tombstone === undefined ? [] : unsealErased(this.#key, tombstone).subject.identities
  }

  #digest(identity: GivenIdentity): string {
    return createHmac('sha256', this.#key)
      .update(`${this.#context.tenant}\0${identity.kind}\0${normalisedIdentity(identity)}`)
      .digest('hex')
  }
}

async function erasureKey(store: Store, context: JournalContext): Promise<Buffer> {
  const secret = context.settings.get('erasure.key')
  if (typeof secret === 'string') return derived(secret.trim())
  if (store.dialect === 'postgres') {
    throw new NoErasureKeyError('Erasing needs a secret key that all servers share, and erasure.key is not set', {
      hint: 'make one with `openssl rand -base64 32` and set OMNI_ERASURE_KEY, or OMNI_ERASURE_KEY_FILE to a file that holds it',
    })
  }
  const path = join(erasureDirectory(context), 'erasure.key')
  const key = await keyFromFile(path, context.random).catch((cause: unknown) => {
    throw new ErasureKeyFileError(`The erasure key cannot be kept in ${path}: ${(cause as Error).message}`, {cause})
  })
  if (key !== undefined) return derived(key)
  throw new ErasureKeyFileError(`${path} holds no key`, {hint: 'put the file back from a backup'})
}

function derived(secret: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, '', 'omni erasures', keyBytes))
}
