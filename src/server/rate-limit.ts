import type {RateLimiterAbstract, RateLimiterRes} from 'rate-limiter-flexible'
import type {Clock} from '../operation/context.ts'
import {ExitCode, OmniError} from '../operation/errors.ts'

/** So many requests in so many seconds. */
export interface RatePolicy {
  /** As the headers call it. */
  readonly name: string
  readonly points: number
  /** Seconds. */
  readonly window: number
}

/** How much of a policy is used. */
export interface RateState {
  readonly policy: RatePolicy
  readonly remaining: number
  /** Seconds until the window begins anew. */
  readonly reset: number
  readonly exceeded: boolean
}

/** Counts what is used of a policy, by whatever key. */
export interface RateLimit {
  readonly policy: RatePolicy
  use(key: string): RateState | Promise<RateState>
}

/** Where counts are kept: in this process, or in the PostgreSQL database that several servers share. */
export interface RateLimits {
  limit(policy: RatePolicy): RateLimit
  close(): Promise<void>
}

/** More requests than the policy allows. */
export class RateLimitedError extends OmniError {
  readonly code: string = 'rate_limited'
  readonly exitCode = ExitCode.failure
  readonly httpStatus = 429
  /** Seconds. */
  readonly retryAfter: number

  constructor(message: string, retryAfter: number) {
    super(message, {hint: `try again in ${retryAfter} s`, details: {retry_after: retryAfter}})
    this.retryAfter = retryAfter
  }
}

/**
 * The headers of https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/ (version 10): structured fields,
 * a policy with its quota and window, and what remains of it for how long.
 */
export function rateHeaders({policy, remaining, reset}: RateState): Record<string, string> {
  return {
    'RateLimit-Policy': `"${policy.name}";q=${policy.points};w=${policy.window}`,
    RateLimit: `"${policy.name}";r=${remaining};t=${reset}`,
  }
}

export async function rateLimits(databaseUrl: string | undefined, clock: Clock): Promise<RateLimits> {
  if (databaseUrl === undefined || !/^postgres(ql)?:/.test(databaseUrl)) {
    return {limit: policy => new WindowLimit(policy, clock), close: async () => {}}
  }
  const {RateLimiterMemory, RateLimiterPostgres} = await import('rate-limiter-flexible')
  const {default: pg} = await import('pg')
  // A count that is lost in a crash of the database server costs nothing; waiting for the disk would cost every request.
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    max: 4,
    application_name: 'omni limits',
    options: '-c synchronous_commit=off',
    allowExitOnIdle: true,
  })
  pool.on('error', () => {})
  return {
    limit: policy =>
      rateLimit(
        policy,
        new RateLimiterPostgres({
          storeClient: pool,
          storeType: 'pool',
          tableName: 'omni_rate_limits',
          tableCreated: true,
          keyPrefix: policy.name,
          points: policy.points,
          duration: policy.window,
          // Who is over the limit is refused here, without asking the database each time.
          inMemoryBlockOnConsumed: policy.points + 1,
          // While the database is away, each server counts for itself.
          insuranceLimiter: new RateLimiterMemory({
            keyPrefix: policy.name,
            points: policy.points,
            duration: policy.window,
          }),
        }),
      ),
    close: () => pool.end(),
  }
}

/** As many keys as are counted at once; the oldest windows end early where there are more. */
const mostWindows = 100_000

/** Counts in this process, without a promise and a timer per key: it stands before every request. */
class WindowLimit implements RateLimit {
  readonly policy: RatePolicy
  readonly #clock: Clock
  /** By key, in the order in which they began. */
  readonly #windows = new Map<string, {readonly ends: number; used: number}>()

  constructor(policy: RatePolicy, clock: Clock) {
    this.policy = policy
    this.#clock = clock
  }

  use(key: string): RateState {
    const now = this.#clock.elapsed()
    const present = this.#windows.get(key)
    const window = present && present.ends > now ? present : this.#begin(key, now)
    window.used += 1
    const {points} = this.policy
    return {
      policy: this.policy,
      remaining: Math.max(0, points - window.used),
      reset: Math.ceil((window.ends - now) / 1000),
      exceeded: window.used > points,
    }
  }

  #begin(key: string, now: number): {readonly ends: number; used: number} {
    this.#windows.delete(key)
    for (const [other, {ends}] of this.#windows) {
      if (ends > now && this.#windows.size < mostWindows) break
      this.#windows.delete(other)
    }
    const window = {ends: now + this.policy.window * 1000, used: 0}
    this.#windows.set(key, window)
    return window
  }
}

function rateLimit(policy: RatePolicy, limiter: RateLimiterAbstract): RateLimit {
  const stateOf = (result: RateLimiterRes): RateState => ({
    policy,
    remaining: Math.max(0, policy.points - result.consumedPoints),
    reset: Math.ceil(result.msBeforeNext / 1000),
    exceeded: result.consumedPoints > policy.points,
  })
  return {
    policy,
    async use(key) {
      try {
        return stateOf(await limiter.consume(key))
      } catch (error) {
        // Who is over the limit is told by a rejection with the result, a failure by one with an Error.
        if (error instanceof Error) throw error
        return {...stateOf(error as RateLimiterRes), exceeded: true}
      }
    },
  }
}
