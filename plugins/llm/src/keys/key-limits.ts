import {type Clock, type Context, ExitCode, OmniError} from '@omni-ops/core/operation'
import type {Store, TenantWriter} from '@omni-ops/core/store'
import {KeyRateExceededError, TargetNotAllowedError} from '../routing/errors.ts'
import {DeploymentLoad, type Ticket} from '../routing/load.ts'
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

/** What is read of the kernel's keys. */
interface ApiKeys {
  readonly omni_api_keys: {readonly prefix: string; readonly revoked_at: string | null}
}

/**
 * What API keys may ask of models. Limits are believed as long as nothing was committed to the database, so that a change
 * holds at once in every process; of a minute, what other processes let through is known within half a second
 * (`SharedState`).
 */
export class KeyLimits {
  readonly #store: Store
  readonly load: DeploymentLoad
  readonly #queries: ReturnType<typeof queriesOf>
  /** By tenant and key, of those that work. */
  readonly #known = new Map<string, KeyLimit | undefined>()
  /** Of the store, when they were read. */
  #version: number | undefined

  constructor(store: Store, clock: Clock) {
    this.#store = store
    this.load = new DeploymentLoad(clock)
    this.#queries = queriesOf(store)
  }

  /**
   * Undefined for a key that has none.
   * @throws KeyRevokedError for a key that was revoked, also where the server has seen it working a moment ago
   */
  async of({tenant}: Pick<Context, 'tenant'>, key: string): Promise<KeyLimit | undefined> {
    const version = this.#store.version()
    if (version === undefined) return this.#read(tenant, key)
    if (version !== this.#version) this.#known.clear()
    this.#version = version
    const account = accountOf(tenant, key)
    if (this.#known.has(account)) return this.#known.get(account)
    const limit = await this.#read(tenant, key)
    // Another call may have seen a later version meanwhile, and this may be what was before.
    if (version === this.#version) this.#known.set(account, limit)
    return limit
  }

  async #read(tenant: string, key: string): Promise<KeyLimit | undefined> {
    const {standing, limits} = this.#queries
    const [row] = await this.#store.find(standing, tenant, {key})
    if (row === undefined) return undefined
    if (row.revoked_at !== null) throw new KeyRevokedError(`The key ${key} was revoked`, {hint: 'omni llm keys create'})
    const [limit] = await this.#store.find(limits, tenant, {key})
    return limit
  }

  /** Gives what is known of the key. @throws TargetNotAllowedError, KeyRevokedError */
  async allow(
    context: Pick<Context, 'tenant'>,
    {key, target}: {readonly key: string; readonly target: string},
  ): Promise<KeyLimit | undefined> {
    const limit = await this.of(context, key)
    if (limit !== undefined && !isAllowed(limit, target)) {
      throw new TargetNotAllowedError(`The key ${key} may not use ${target}`, {
        hint: `it may use ${limit.targets.join(', ')}`,
        details: {targets: limit.targets},
      })
    }
    return limit
  }

  /**
   * Counts a request of the key.
   * @throws TargetNotAllowedError, KeyRateExceededError
   */
  async begin(
    context: Pick<Context, 'tenant'>,
    {key, target, tokens}: {readonly key: string; readonly target: string; readonly tokens: number},
  ): Promise<Ticket | undefined> {
    const limit = await this.allow(context, {key, target})
    if (limit === undefined) return undefined
    const account = {id: accountOf(context.tenant, key), rpm: limit.rpm, tpm: limit.tpm, maxParallel: null}
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

/** Asked with most calls, hence prepared; and apart, as SQLite takes three times as long over a join of the two. */
function queriesOf(store: Store) {
  type ByKey = {readonly key: string}
  return {
    standing: store.prepare(['key'], (database: TenantWriter<ApiKeys>, {key}: ByKey) =>
      database.selectFrom('omni_api_keys').select('revoked_at').where('prefix', '=', key),
    ),
    limits: store.prepare(['key'], (database: TenantWriter<KeyTables>, {key}: ByKey) =>
      database.selectFrom('llm_key_limits').select(['targets', 'rpm', 'tpm']).where('key', '=', key),
    ),
  }
}

export function isAllowed({targets}: Pick<KeyLimit, 'targets'>, target: string): boolean {
  return targets.length === 0 || targets.includes(target)
}
