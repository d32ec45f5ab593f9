import {createHash} from 'node:crypto'
import {isIP} from 'node:net'
import type {Logger, Principal} from '../operation/context.ts'
import type {OmniError} from '../operation/errors.ts'
import type {Runtime} from '../runtime.ts'
import type {Authenticate, Credentials, Identity} from './identity.ts'
import {UnauthenticatedError} from './identity.ts'
import {type RateLimit, RateLimitedError, type RateLimits, type RateState} from './rate-limit.ts'

export interface GateOptions {
  readonly authenticate: Authenticate
  readonly limits: RateLimits
  readonly runtime: Pick<Runtime, 'context' | 'store' | 'tenant'> & {readonly log: Logger}
  /** Requests of one key in a minute. */
  readonly requestsPerMinute: number
}

/** A refusal, as it is put on record. */
export interface RefusedRequest {
  readonly error: OmniError
  readonly identity: Identity | undefined
  readonly tenant: string | undefined
  readonly address: string
  readonly route: string
  readonly requestId: string
}

/** Too many requests with wrong credentials came from an address. */
export class TooManyFailuresError extends RateLimitedError {
  override readonly code = 'too_many_failures'
}

const failuresPerMinute = 10
const recordsPerMinute = 30

/**
 * Stands before everything else: counts requests by key, wrong credentials by source address, and puts refusals on
 * record in the audit log. An address with too many failures is told to wait, and nothing more is looked up for it;
 * valid credentials are let in from there all the same, or one wrong program would lock out all behind its address. The
 * secret of a key has 256 bits, so that no number of guesses is a danger to it: what is limited is the work and the
 * records they cause.
 */
export class Gate {
  readonly #options: GateOptions
  readonly #requests: RateLimit
  readonly #failures: RateLimit
  readonly #records: RateLimit

  constructor(options: GateOptions) {
    this.#options = options
    const {limits, requestsPerMinute} = options
    this.#requests = limits.limit({name: 'key', points: requestsPerMinute, window: 60})
    this.#failures = limits.limit({name: 'failures', points: failuresPerMinute, window: 60})
    this.#records = limits.limit({name: 'records', points: recordsPerMinute, window: 60})
  }

  /** @throws UnauthenticatedError, TooManyFailuresError, RateLimitedError */
  async enter(credentials: Credentials): Promise<{readonly identity: Identity; readonly rate: RateState}> {
    const known = this.#identify(credentials)
    const identity = known instanceof Promise ? await known : known
    const used = this.#requests.use(identity.principal.id)
    const rate = used instanceof Promise ? await used : used
    if (rate.exceeded) throw new RateLimitedError(`More than ${rate.policy.points} requests in a minute`, rate.reset)
    return {identity, rate}
  }

  #identify(credentials: Credentials): Identity | Promise<Identity> {
    try {
      const identity = this.#options.authenticate(credentials)
      return identity instanceof Promise ? identity.catch(error => this.#refuse(credentials, error)) : identity
    } catch (error) {
      return this.#refuse(credentials, error)
    }
  }

  /** Counts a failure of the sender's. */
  async #refuse(credentials: Credentials, error: unknown): Promise<never> {
    if (!(error instanceof UnauthenticatedError)) throw error
    const failures = await this.#failures.use(placeOf(credentials.address()))
    if (failures.exceeded) {
      throw new TooManyFailuresError('Too many requests with wrong credentials came from this address', failures.reset)
    }
    throw error
  }

  /** Writes a refusal into the audit log of the tenant that it concerns; a flood of them is recorded as one. */
  async record(refused: RefusedRequest): Promise<void> {
    const {runtime} = this.#options
    const {error, identity, address, route, requestId} = refused
    const principal: Principal = identity?.principal ?? {id: 'anonymous', kind: 'system', scopes: []}
    const tenant = identity ? (refused.tenant ?? identity.tenant) : runtime.tenant
    const count = await this.#records.use(identity ? principal.id : placeOf(address))
    if (count.remaining === 0 && count.exceeded) return
    const more = count.remaining === 0 ? {more_in_this_minute_are_not_recorded: true} : {}
    const details = {code: error.code, request_id: requestId, network: networkOf(address), ...more}
    try {
      const context = runtime.context({
        tenant,
        principal,
        operation: 'serve',
        signal: new AbortController().signal,
        emit: () => {},
      })
      const store = await runtime.store()
      await store.unit(
        context,
        {audit: {action: 'access.refused', resource: `route:${route}`, details}},
        async () => {},
      )
    } catch (failure) {
      // The refusal stands, whether or not it could be put on record.
      runtime.log.error('A refusal could not be recorded', {request_id: requestId, reason: String(failure)})
    }
  }
}

/** An address as a key of a count: without the address itself, an IPv6 network of one customer as one. */
function placeOf(address: string): string {
  return createHash('sha256')
    .update(isIP(address) === 6 && !address.includes('.') ? prefixOf6(address, 4) : address)
    .digest('hex')
    .slice(0, 24)
}

/** The network of an address, which tells where it came from and not from whom. */
function networkOf(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '')
  if (isIP(plain) === 4) return `${plain.split('.').slice(0, 3).join('.')}.0/24`
  return isIP(plain) === 6 ? `${prefixOf6(plain, 3)}::/48` : 'unknown'
}

/** The first groups of an IPv6 address. */
function prefixOf6(address: string, groups: number): string {
  const [head = '', tail] = address.split('::')
  const left = head === '' ? [] : head.split(':')
  const right = tail === undefined || tail === '' ? [] : tail.split(':')
  const whole =
    tail === undefined ? left : [...left, ...Array<string>(8 - left.length - right.length).fill('0'), ...right]
  return whole.slice(0, groups).join(':')
}
