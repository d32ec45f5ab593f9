import type {Store} from '../store/store.ts'
import type {Unit} from '../store/unit.ts'
import type {ErasureContext} from './erasure-context.ts'
import {erasureKey} from './erasure-key.ts'
import type {ErasureDatabase} from './erasure-tables.ts'
import {normalisedIdentity} from './identifier-search.ts'
import type {Decisions, GivenIdentity, Subject} from './personal-store.ts'
import {contentDigest, type Digest, digestsToKeep} from './suppression-digest.ts'
import {awaitIntakes, Suppressions} from './suppressions.ts'
import {tombstoneFile} from './tombstone-file.ts'
import {
  appendToErasureList,
  type Erased,
  readTombstones,
  sealErased,
  type Tombstone,
  unsealErased,
} from './tombstones.ts'

const digestsPerInsert = 200
/** An erasure that began so long ago and has not ended was killed, by milliseconds. */
const longestErasure = 24 * 60 * 60 * 1000

/**
 * Remembers erasures: in the list of tombstones, so that they are done again after a restore, and as keyed digests in the
 * database, so that nobody who was erased is imported again.
 */
export class ErasureJournal {
  readonly #store: Store
  readonly #context: ErasureContext
  #opened: Promise<Buffer> | undefined

  private constructor(store: Store, context: ErasureContext) {
    this.#store = store
    this.#context = context
  }

  static async open(context: ErasureContext): Promise<ErasureJournal> {
    return new ErasureJournal(await context.store(), context)
  }

  /**
   * Writes down that somebody is about to be erased, before anything is. One that was not finished goes on under its id.
   * @param options.again whether it is done again because the data are from before it
   * @returns its id, and whether an earlier attempt may have erased a part
   * @throws TombstoneFileError, NoErasureKeyError, ErasureKeyFileError
   */
  async begin(
    subject: Subject,
    decisions: Decisions,
    {again = false}: {readonly again?: boolean} = {},
  ): Promise<{readonly id: string; readonly resumed: boolean}> {
    const {random, clock, tenant} = this.#context
    const key = await this.#key()
    const unfinished = await this.#unfinishedOf(subject)
    const id = unfinished ?? random.id()
    const now = clock.now().toISOString()
    const sealed = sealErased({subject, decisions}, {key, tenant, id, random})
    const entry = {tenant, id, at: now, sealed, ...(again ? {again} : {})}
    await appendToErasureList(tombstoneFile(this.#context), entry)
    await this.#store.unit(this.#context, {audit: false}, async unit => {
      const database = unit.database<ErasureDatabase>()
      await database
        .insertInto('omni_erasures')
        .values({id, begun_at: now, finished_at: null})
        .onConflict(conflict => conflict.columns(['id']).doUpdateSet({begun_at: now, finished_at: null}))
        .execute()
      const identities = subject.identities.filter(({shared}) => shared !== true)
      await this.#suppress(
        unit,
        identities.flatMap(identity => digestsToKeep(identity, {key, tenant})),
      )
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

  /**
   * Erasures that the list knows and this database does not, or that were cut off long ago: to be done again.
   * @throws NoErasureKeyError, ErasureKeyFileError where there are some, and nobody can read whom they are of
   */
  async missing(): Promise<(Erased & {readonly id: string})[]> {
    const known = await this.#recorded()
    const now = this.#context.clock.now().getTime()
    const open = (await this.#tombstones()).filter(({id}) => {
      const row = known.get(id)
      const isAtWork = row !== undefined && now - Date.parse(row.begun_at) < longestErasure
      return !row?.finished_at && !isAtWork
    })
    const missing: (Erased & {readonly id: string})[] = []
    for (const tombstone of open) missing.push({id: tombstone.id, ...unsealErased(await this.#key(), tombstone)})
    return missing
  }

  /** Remembers files that are about to be erased with a person, by the SHA-256 of their bytes: they are not taken in again. */
  async suppressContent(hashes: readonly string[]): Promise<void> {
    const key = {key: await this.#key(), tenant: this.#context.tenant}
    await this.#store.unit(this.#context, {audit: false}, unit =>
      this.#suppress(
        unit,
        hashes.map(hash => contentDigest(hash, key)),
      ),
    )
  }

  /** Which of these identities were erased here and must not be imported again. */
  async suppressed(identities: readonly GivenIdentity[]): Promise<GivenIdentity[]> {
    const intake = identities.map(identity => ({identities: [identity]}))
    const found = await (await Suppressions.open(this.#context)).among(intake)
    return intake.filter(each => found.has(each)).flatMap(each => each.identities)
  }

  /** Made by the first erasure: another one would recognise nobody who was erased before. */
  #key(): Promise<Buffer> {
    this.#opened ??= (async () => {
      const isFirst = (await readTombstones(tombstoneFile(this.#context))).length === 0
      return erasureKey(this.#store, this.#context, {make: isFirst})
    })()
    return this.#opened
  }

  async #suppress(unit: Unit, digests: readonly Digest[]): Promise<void> {
    const since = this.#context.clock.now().toISOString()
    await awaitIntakes(unit, since)
    for (let from = 0; from < digests.length; from += digestsPerInsert) {
      await unit
        .database<ErasureDatabase>()
        .insertInto('omni_suppressions')
        .values(digests.slice(from, from + digestsPerInsert).map(each => ({...each, since})))
        .onConflict(conflict => conflict.columns(['kind', 'digest']).doNothing())
        .execute()
    }
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
    const wanted = new Set(subject.identities.map(nameOf))
    const known = await this.#recorded()
    for (const tombstone of await this.#tombstones()) {
      if (known.get(tombstone.id)?.finished_at) continue
      const {identities} = unsealErased(await this.#key(), tombstone).subject
      if (identities.some(identity => wanted.has(nameOf(identity)))) return tombstone.id
    }
    return undefined
  }

  /** What earlier, unfinished attempts to erase these people knew of them: the rows that told it may be gone. */
  async rememberedOf(subject: Subject): Promise<Subject['identities']> {
    const id = await this.#unfinishedOf(subject)
    const tombstone = id === undefined ? undefined : (await this.#tombstones()).find(each => each.id === id)
    return tombstone === undefined ? [] : unsealErased(await this.#key(), tombstone).subject.identities
  }
}

function nameOf(identity: GivenIdentity): string {
  return JSON.stringify([identity.kind, normalisedIdentity(identity)])
}
