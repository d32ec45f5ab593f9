import type {Clock} from '@omni-ops/core/operation'
import type {CooldownSettings} from '../configuration/schema.ts'
import type {FailureFacts} from '../model/provider-failure.ts'

interface Health {
  /** Milliseconds since 1970 until which the deployment is left alone. */
  until: number
  /** Server failures in a row. */
  failures: number
  /** How often it has cooled in a row: each time for longer. */
  trips: number
  reason: 'failures' | 'rate' | 'auth' | 'billing'
  probing: boolean
}

export type DeploymentState =
  | {readonly kind: 'healthy'}
  /** Its time is over, and one request may try whether it answers again. */
  | {readonly kind: 'half-open'}
  /** Somebody is trying it. */
  | {readonly kind: 'probing'}
  | {readonly kind: 'cooling'; readonly until: Date; readonly reason: Health['reason']}

/** What a cooldown is, for other processes. */
export interface CooldownNotice {
  readonly deployment: string
  /** Milliseconds since 1970. */
  readonly until: number
  readonly trips: number
  readonly reason: Health['reason']
}

/** What this process did to a deployment: let it cool, or saw the end of a cooldown (until any time, where it is null). */
export type CooldownChange =
  | ({readonly kind: 'cooling'} & CooldownNotice)
  | {readonly kind: 'cleared'; readonly deployment: string; readonly until: number | null}

/**
 * Which deployments are left alone, and until when. A cooldown is never shortened, later failures extend it, and when it
 * is over a single request probes. What is wrong with a request (`client`, `context`, `content`) or ends with its caller
 * says nothing about a deployment.
 */
export class Cooldowns {
  readonly #settings: CooldownSettings
  readonly #clock: Clock
  readonly #health = new Map<string, Health>()
  #changes = new Map<string, CooldownChange>()
  /** Called with every call and change. */
  onUse: (() => void) | undefined

  constructor(settings: CooldownSettings, clock: Clock) {
    this.#settings = settings
    this.#clock = clock
  }

  state(deployment: string): DeploymentState {
    const health = this.#health.get(deployment)
    if (health === undefined || health.trips === 0) return {kind: 'healthy'}
    if (this.#now() < health.until) return {kind: 'cooling', until: new Date(health.until), reason: health.reason}
    return {kind: health.probing ? 'probing' : 'half-open'}
  }

  /** Takes the single probe of a half-open deployment; false where somebody has it, or the deployment is cooling. */
  admit(deployment: string): boolean {
    this.onUse?.()
    const state = this.state(deployment).kind
    if (state === 'healthy') return true
    if (state !== 'half-open') return false
    this.#health.get(deployment)!.probing = true
    return true
  }

  succeeded(deployment: string): void {
    const health = this.#health.get(deployment)
    if (health === undefined) return
    this.#health.delete(deployment)
    if (health.trips > 0) this.#changed({kind: 'cleared', deployment, until: health.until})
  }

  /** The request ended without saying anything about the deployment: a probe may be taken anew. */
  released(deployment: string): void {
    const health = this.#health.get(deployment)
    if (health) health.probing = false
  }

  /**
   * Takes note of a failure.
   *
   * @param isLast whether no other deployment could answer: then server failures cool it only after several in a row.
   */
  failed(deployment: string, facts: FailureFacts, isLast: boolean): void {
    const reason = reasonOf(facts)
    if (reason === undefined) return this.released(deployment)
    const health = this.#healthOf(deployment)
    const probed = health.probing
    health.probing = false
    if (reason === 'failures') {
      health.failures += 1
      if (isLast && !probed && health.failures < this.#settings.failures) return
    }
    const until = this.#now() + this.#durationOf(reason, facts.retryAfter, health.trips)
    health.trips += 1
    if (until <= health.until) return
    health.until = until
    health.reason = reason
    this.#changed({kind: 'cooling', deployment, until, trips: health.trips, reason})
  }

  /** Lets a deployment in again, whatever it did. */
  reset(deployment: string): void {
    this.#health.delete(deployment)
    this.#changed({kind: 'cleared', deployment, until: null})
  }

  /** What changed here since it was asked for last, the latest change of each deployment. */
  takeChanges(): readonly CooldownChange[] {
    const changes = [...this.#changes.values()]
    this.#changes = new Map()
    return changes
  }

  /** Takes changes back that could not be told, unless there are newer ones. */
  keepChanges(changes: readonly CooldownChange[]): void {
    this.#changes = new Map([...changes.map(each => [each.deployment, each] as const), ...this.#changes])
  }

  /** Other processes' cooldowns: like one's own they extend what is known and never shorten it. */
  learn(notices: readonly CooldownNotice[]): void {
    for (const {deployment, until, trips, reason} of notices) {
      // What changed here is newer than what was read.
      if (this.#changes.has(deployment)) continue
      const health = this.#healthOf(deployment)
      health.trips = Math.max(health.trips, trips)
      if (until <= health.until) continue
      health.until = until
      health.reason = reason
    }
  }

  /** Another process saw a deployment answer again after the cooldown that ended then. */
  clearedElsewhere(deployment: string, until: number): void {
    const health = this.#health.get(deployment)
    if (health !== undefined && health.until <= until && !this.#changes.has(deployment)) this.#health.delete(deployment)
  }

  #changed(change: CooldownChange): void {
    this.#changes.set(change.deployment, change)
    this.onUse?.()
  }

  #durationOf(reason: Health['reason'], retryAfter: number | null, trips: number): number {
    const {base, longest} = this.#settings
    if (reason === 'billing') return Math.max(retryAfter ?? 0, this.#untilNextDay())
    const grown = Math.min(longest, base * 2 ** Math.min(trips, 30)) * 1000
    if (reason === 'auth') return longest * 1000
    return reason === 'rate' ? (retryAfter ?? grown) : Math.max(retryAfter ?? 0, grown)
  }

  /** Spending limits begin anew with a day in UTC at the earliest. */
  #untilNextDay(): number {
    const day = 86_400_000
    return day - (this.#now() % day)
  }

  #healthOf(deployment: string): Health {
    const present = this.#health.get(deployment)
    if (present) return present
    const made: Health = {until: 0, failures: 0, trips: 0, reason: 'failures', probing: false}
    this.#health.set(deployment, made)
    return made
  }

  #now(): number {
    return this.#clock.now().getTime()
  }
}

function reasonOf({class: kind}: FailureFacts): Health['reason'] | undefined {
  switch (kind) {
    case 'rate':
    case 'auth':
    case 'billing':
      return kind
    case 'overload':
    case 'transient':
      return 'failures'
    case 'client':
    case 'context':
    case 'content':
    case 'cancelled':
      return undefined
  }
}
