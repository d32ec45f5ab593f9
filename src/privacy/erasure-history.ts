import type {Context} from '../operation/context.ts'
import {ConflictError} from '../operation/errors.ts'
import type {Store} from '../store/store.ts'
import {erasureKey, type ErasureKeyContext} from './erasure-key.ts'
import {normalisedIdentity, sameIdentity} from './identifier-search.ts'
import type {GivenIdentity} from './personal-store.ts'
import {tombstoneFile} from './tombstone-file.ts'
import {
  isTombstone,
  readErasureList,
  type SuppressionLift,
  type Tombstone,
  unsealErased,
  unsealLifted,
} from './tombstones.ts'

/** A number without its country's code is that of several persons who were erased. */
export class AmbiguousIdentityError extends ConflictError {
  override readonly code = 'ambiguous_identity'
}

/** What the list of erasures says of one tenant: who was erased, and who was let in again since. */
export class ErasureHistory {
  readonly key: Buffer
  readonly #tenant: string
  readonly #erasures: readonly {readonly id: string; readonly identities: readonly GivenIdentity[]}[]
  readonly #standing: ReadonlyMap<string, GivenIdentity>
  readonly #lifted: ReadonlyMap<string, GivenIdentity>

  private constructor(key: Buffer, tenant: string, entries: readonly (Tombstone | SuppressionLift)[]) {
    this.key = key
    this.#tenant = tenant
    const erasures: {id: string; identities: readonly GivenIdentity[]}[] = []
    const standing = new Map<string, GivenIdentity>()
    const lifted = new Map<string, GivenIdentity>()
    for (const entry of entries) {
      if (!isTombstone(entry)) {
        for (const identity of unsealLifted(key, entry)) {
          standing.delete(nameOf(identity))
          lifted.set(nameOf(identity), identity)
        }
        continue
      }
      // Done again after a restore, it is no new erasure of somebody who has come back since.
      if (entry.again === true && erasures.some(({id}) => id === entry.id)) continue
      const identities = unsealErased(key, entry).subject.identities.filter(({shared}) => shared !== true)
      erasures.push({id: entry.id, identities})
      for (const identity of identities) {
        standing.set(nameOf(identity), identity)
        lifted.delete(nameOf(identity))
      }
    }
    this.#erasures = erasures
    this.#standing = standing
    this.#lifted = lifted
  }

  static async read(store: Store, context: ErasureKeyContext & Pick<Context, 'tenant'>): Promise<ErasureHistory> {
    const key = await erasureKey(store, context, {make: false})
    const entries = await readErasureList(tombstoneFile(context))
    const own = entries.filter(({tenant}) => tenant === context.tenant)
    return new ErasureHistory(key, context.tenant, own)
  }

  get digestKey() {
    return {key: this.key, tenant: this.#tenant}
  }

  /** Who is refused. */
  get standing(): readonly GivenIdentity[] {
    return [...this.#standing.values()]
  }

  /** Who was let in again, and not erased since. */
  get lifted(): readonly GivenIdentity[] {
    return [...this.#lifted.values()]
  }

  /** Who is still refused once these are not. */
  without(lifted: readonly GivenIdentity[]): readonly GivenIdentity[] {
    const names = new Set(lifted.map(nameOf))
    return this.standing.filter(identity => !names.has(nameOf(identity)))
  }

  /** As it stands in the list; a number without its country's code is that of whoever alone has it. @throws AmbiguousIdentityError */
  asErased(given: GivenIdentity): GivenIdentity | undefined {
    const exact = this.#standing.get(nameOf(given))
    if (exact !== undefined || given.kind !== 'phone') return exact
    const same = this.standing.filter(({kind, value}) => kind === 'phone' && sameIdentity('phone', value, given.value))
    if (same.length <= 1) return same[0]
    throw new AmbiguousIdentityError('Several persons with this number were erased', {
      hint: 'give the number with its country’s code',
    })
  }

  /** The erasures that had one of these. */
  erasuresOf(identities: readonly GivenIdentity[]): readonly string[] {
    const names = new Set(identities.map(nameOf))
    return this.#erasures.filter(erasure => erasure.identities.some(each => names.has(nameOf(each)))).map(({id}) => id)
  }

  /** What was erased together with these, and is refused. One step, not from one to the next: a number may have had several owners. */
  linkedTo(identities: readonly GivenIdentity[]): readonly GivenIdentity[] {
    const names = new Set(identities.map(nameOf))
    const together = this.#erasures.filter(erasure => erasure.identities.some(each => names.has(nameOf(each))))
    const linked = new Map(together.flatMap(erasure => erasure.identities.map(each => [nameOf(each), each])))
    return [...linked].filter(([name]) => !names.has(name) && this.#standing.has(name)).map(([, each]) => each)
  }
}

function nameOf(identity: GivenIdentity): string {
  return JSON.stringify([identity.kind, normalisedIdentity(identity)])
}
