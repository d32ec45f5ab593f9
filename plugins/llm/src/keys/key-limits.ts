import {type Clock, type Context, ExitCode, OmniError} from '@omni-ops/core/operation'
import type {Store, TenantWriter} from '@omni-ops/core/store'
import {KeyRateExceededError, TargetNotAllowedError} from '../routing/errors.ts'
import {DeploymentLoad, type Ticket} from '../routing/load.ts'
import {KeyLineage} from './key-lineage.ts'
import type {KeyTables} from './tables.ts'

export interface KeyLimit {
  readonly targets: readonly string[]
  readonly rpm: number | null
  readonly tpm: number | null
}

/** The key worked a moment ago, and was revoked since. */
export class KeyRevokedError extends OmniError {
  readonly code = 'llm_key_revoked'
  readonly exitCode = ExitCode.denied
  readonly httpStatus = 401
}

/** Limits, and the prefix of the first key of the lineage, which has used them up for all. */
interface Held {
  readonly limit: KeyLimit
  readonly holder: string
}

/**
 * What API keys may ask of models. Limits are believed as long as nothing was committed to the database, so that a change
 * holds at once in every process; of a minute, what other processes let through is known within half a second
 * (`SharedState`).
 */
export class KeyLimits {
  readonly #store: Store
  readonly load: DeploymentLoad
  readonly #lineage: KeyLineage
  readonly #limits: ReturnType<typeof limitsQueryOf>
  /** By tenant and key, of those that work. */
  readonly #known = new Map<string, Held | undefined>()
  /** Of the store, when they were read. */
  #version: number | undefined

  constructor(store: Store, clock: Clock) {
    this.#store = store
    this.load = new DeploymentLoad(clock)
    this.#lineage = new KeyLineage(store)
    this.#limits = limitsQueryOf(store)
  }

  /**
   * Undefined for a key that has none.
   * @throws KeyRevokedError for a key that was revoked, also where the server has seen it working a moment ago
   */
  async of(context: Pick<Context, 'tenant'>, key: string): Promise<KeyLimit | undefined> {
    return (await this.#heldBy(context, key))?.limit
  }

  async #heldBy({tenant}: Pick<Context, 'tenant'>, key: string): Promise<Held | undefined> {
    const version = this.#store.version()
    if (version === undefined) return this.#read(tenant, key)
    if (version !== this.#version) this.#known.clear()
    this.#version = version
    const account = accountOf(tenant, key)
    if (this.#known.has(account)) return this.#known.get(account)
    const held = await this.#read(tenant, key)
    // Another call may have seen a later version meanwhile, and this may be what was before.
    if (version === this.#version) this.#known.set(account, held)
    return held
  }

  async #read(tenant: string, key: string): Promise<Held | undefined> {
    const standing = await this.#lineage.standing(tenant, key)
    if (standing === undefined) return undefined
    if (standing.revoked_at !== null) {
      throw new KeyRevokedError(`The key ${key} was revoked`, {hint: 'omni llm keys create'})
    }
    const holder = await this.#lineage.originOf(tenant, key)
    const [limit] = await this.#store.find(this.#limits, tenant, {key: holder})
    return limit && {limit, holder}
  }

  /** Gives what is known of the key, and which first one has it. @throws TargetNotAllowedError, KeyRevokedError */
  async allow(
    context: Pick<Context, 'tenant'>,
    {key, target}: {readonly key: string; readonly target: string},
  ): Promise<Held | undefined> {
    const held = await this.#heldBy(context, key)
    if (held !== undefined && !isAllowed(held.limit, target)) {
      throw new TargetNotAllowedError(`The key ${key} may not use ${target}`, {
        hint: `it may use ${held.limit.targets.join(', ')}`,
        details: {targets: held.limit.targets},
      })
    }
    return held
  }

  /**
   * Counts a request of the key.
   * @throws TargetNotAllowedError, KeyRateExceededError
   */
  async begin(
    context: Pick<Context, 'tenant'>,
    {key, target, tokens}: {readonly key: string; readonly target: string; readonly tokens: number},
  ): Promise<Ticket | undefined> {
    const held = await this.allow(context, {key, target})
    if (held === undefined) return undefined
    const {limit, holder} = held
    const account = {id: accountOf(context.tenant, holder), rpm: limit.rpm, tpm: limit.tpm, maxParallel: null}
    const blocked = this.load.blocked(account, tokens)
    if (blocked) {
      throw new KeyRateExceededError(`The key ${key} has used its requests or tokens of this minute`, blocked.wait, {
        hint: 'try again later, or raise the limits of the key',
        details: {rpm: limit.rpm, tpm: limit.tpm},
      })
    }
    return this.load.begin(account, tokens)
  }
}

function accountOf(tenant: string, key: string): string {
  return `${tenant} ${key}`
}

/** Asked with most calls, hence prepared; and apart from the key itself, as SQLite takes three times as long over a join. */
function limitsQueryOf(store: Store) {
  return store.prepare(['key'], (database: TenantWriter<KeyTables>, {key}: {readonly key: string}) =>
    database.selectFrom('llm_key_limits').select(['targets', 'rpm', 'tpm']).where('key', '=', key),
  )
}

export function isAllowed({targets}: Pick<KeyLimit, 'targets'>, target: string): boolean {
  return targets.length === 0 || targets.includes(target)
}
