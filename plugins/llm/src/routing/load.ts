import type {Clock} from '@omni-ops/core/operation'
import type {Deployment} from './deployment.ts'

interface Use {
  readonly at: number
  tokens: number
}

interface Load {
  uses: Use[]
  inFlight: number
  /** Milliseconds to the first content, smoothed; undefined before the first answer. */
  firstContent: number | undefined
}

/** A request that is under way at a deployment. */
export interface Ticket {
  /** Puts what was used in the place of what was estimated. */
  used(tokens: number): void
  /** The first content came after so many milliseconds. */
  answered(milliseconds: number): void
  end(): void
}

export interface Blocked {
  readonly by: 'rate-window' | 'parallel'
  /** Milliseconds until there is room; null where a running request has to end first. */
  readonly wait: number | null
}

const windowMs = 60_000
/** How much the newest answer weighs among those before. */
const smoothing = 0.3

/** How busy each deployment is: requests and tokens of the last minute, requests under way, and how fast it begins. */
export class DeploymentLoad {
  readonly #clock: Clock
  readonly #loads = new Map<string, Load>()
  #freed = Promise.withResolvers<void>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Why a request of so many tokens cannot go out now; undefined where it can. */
  blocked(deployment: Pick<Deployment, 'id' | 'rpm' | 'tpm' | 'maxParallel'>, tokens: number): Blocked | undefined {
    const load = this.#loadOf(deployment.id)
    if (deployment.maxParallel !== null && load.inFlight >= deployment.maxParallel) return {by: 'parallel', wait: null}
    const now = this.#clock.elapsed()
    this.#forget(load, now)
    const {uses} = load
    let wait = 0
    if (deployment.rpm !== null && uses.length >= deployment.rpm) {
      wait = uses[uses.length - deployment.rpm]!.at + windowMs - now
    }
    if (deployment.tpm !== null) wait = Math.max(wait, waitForTokens(uses, deployment.tpm - tokens, now))
    return wait > 0 ? {by: 'rate-window', wait} : undefined
  }

  begin(deployment: string, tokens: number): Ticket {
    const load = this.#loadOf(deployment)
    const use = {at: this.#clock.elapsed(), tokens}
    load.uses.push(use)
    load.inFlight += 1
    let ended = false
    return {
      used: actual => void (use.tokens = actual),
      answered: milliseconds => {
        const {firstContent = milliseconds} = load
        load.firstContent = firstContent + smoothing * (milliseconds - firstContent)
      },
      end: () => {
        if (ended) return
        ended = true
        load.inFlight -= 1
        this.#freed.resolve()
        this.#freed = Promise.withResolvers()
      },
    }
  }

  inFlight(deployment: string): number {
    return this.#loadOf(deployment).inFlight
  }

  /** Milliseconds; undefined before the first answer. */
  firstContent(deployment: string): number | undefined {
    return this.#loadOf(deployment).firstContent
  }

  /** Resolves when a request that is under way ends. */
  freed(): Promise<void> {
    return this.#freed.promise
  }

  #loadOf(deployment: string): Load {
    const present = this.#loads.get(deployment)
    if (present) return present
    const made: Load = {uses: [], inFlight: 0, firstContent: undefined}
    this.#loads.set(deployment, made)
    return made
  }

  #forget(load: Load, now: number): void {
    const first = load.uses.findIndex(({at}) => now - at < windowMs)
    if (first !== 0) load.uses = first === -1 ? [] : load.uses.slice(first)
  }
}

/** Milliseconds until the uses that stay leave so much room; what never fits goes out alone, when the window is empty. */
function waitForTokens(uses: readonly Use[], room: number, now: number): number {
  let used = uses.reduce((sum, {tokens}) => sum + tokens, 0)
  let wait = 0
  for (const {at, tokens} of uses) {
    if (used <= room) break
    used -= tokens
    wait = at + windowMs - now
  }
  return wait
}
