import type {Clock, Context} from '@omni-ops/core/operation'
import type {Store} from '@omni-ops/core/store'
import {KeyRateExceededError, TargetNotAllowedError} from '../routing/errors.ts'
import {DeploymentLoad, type Ticket} from '../routing/load.ts'
import type {KeyTables} from './tables.ts'

export interface KeyLimit {
  readonly targets: readonly string[]
  readonly rpm: number | null
  readonly tpm: number | null
}

/** How long the limits of a key are believed without reading them, in milliseconds: as long as the key itself is. */
const trustMs = 1_000
const mostRemembered = 10_000

/**
 * What API keys may ask of models. A change holds in every process within a second; how much of a minute is used is
 * counted by each process for itself.
 */
export class KeyLimits {
  readonly #store: Store
  readonly #load: DeploymentLoad
  readonly #clock: Clock
  readonly #known = new Map<string, {readonly limit: KeyLimit | undefined; readonly readAt: number}>()

  constructor(store: Store, clock: Clock) {
    this.#store = store
    this.#clock = clock
    this.#load = new DeploymentLoad(clock)
  }

  /** Undefined for a key that has none. */
  async of({tenant}: Pick<Context, 'tenant'>, key: string): Promise<KeyLimit | undefined> {
    return this.#store
      .read<KeyTables>(tenant)
      .selectFrom('llm_key_limits')
      .select(['targets', 'rpm', 'tpm'])
      .where('key', '=', key)
      .executeTakeFirst()
  }

  /**
   * Counts a request of the key.
   * @throws TargetNotAllowedError, KeyRateExceededError
   */
  async begin(
    context: Pick<Context, 'tenant'>,
    {key, target, tokens}: {readonly key: string; readonly target: string; readonly tokens: number},
  ): Promise<Ticket | undefined> {
    const limit = await this.#remembered(context, key)
    if (limit === undefined) return undefined
    if (!isAllowed(limit, target)) {
      throw new TargetNotAllowedError(`The key ${key} may not use ${target}`, {
        hint: `it may use ${limit.targets.join(', ')}`,
        details: {targets: limit.targets},
      })
    }
    const account = `${context.tenant} ${key}`
    const blocked = this.#load.blocked({id: account, rpm: limit.rpm, tpm: limit.tpm, maxParallel: null}, tokens)
    if (blocked) {
      throw new KeyRateExceededError(`The key ${key} has used its requests or tokens of this minute`, blocked.wait, {
        hint: 'try again later, or raise the limits of the key',
        details: {rpm: limit.rpm, tpm: limit.tpm},
      })
    }
    return this.#load.begin(account, tokens)
  }

  async #remembered(context: Pick<Context, 'tenant'>, key: string): Promise<KeyLimit | undefined> {
    const name = `${context.tenant} ${key}`
    const known = this.#known.get(name)
    const readAt = this.#clock.elapsed()
    if (known && readAt - known.readAt < trustMs) return known.limit
    const limit = await this.of(context, key)
    if (this.#known.size >= mostRemembered) this.#known.clear()
    this.#known.set(name, {limit, readAt})
    return limit
  }
}

export function isAllowed({targets}: Pick<KeyLimit, 'targets'>, target: string): boolean {
  return targets.length === 0 || targets.includes(target)
}
