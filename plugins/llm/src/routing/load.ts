import type {Clock} from '@omni-ops/core/operation'
import type {Deployment} from './deployment.ts'

interface Use {
  readonly at: number
  tokens: number
  isOver: boolean
}

interface Load {
  /** In the order in which they began; those before `first` are over. */
  uses: Use[]
  first: number
  /** Of the uses that are not over. */
  tokens: number
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

/** What limits how much is sent: a deployment, or a key. */
export type Limited = Pick<Deployment, 'id' | 'rpm' | 'tpm' | 'maxParallel'>

const windowMs = 60_000
/** So many uses that are over are kept before the list is copied without them. */
const mostOver = 1_000
/** How much the newest answer weighs among those before. */
const smoothing = 0.3

/** How busy each deployment is: requests and tokens of the last minute, requests under way, and how fast it begins. */
export class DeploymentLoad {
  readonly #clock: Clock
  readonly #loads = new Map<string, Load>()
  /** Where somebody waits for a request to end. */
  #freed: PromiseWithResolvers<void> | undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Why a request of so many tokens cannot go out now; undefined where it can. */
  blocked({id, rpm, tpm, maxParallel}: Limited, tokens: number): Blocked | undefined {
    const load = this.#loadOf(id)
    if (maxParallel !== null && load.inFlight >= maxParallel) return {by: 'parallel', wait: null}
    if (rpm === null && tpm === null) return undefined
    const now = this.#clock.elapsed()
    forget(load, now)
    const {uses, first} = load
    let wait = 0
    if (rpm !== null && uses.length - first >= rpm) wait = uses[uses.length - rpm]!.at + windowMs - now
    if (tpm !== null) wait = Math.max(wait, waitForTokens(load, tpm - tokens, now))
    return wait > 0 ? {by: 'rate-window', wait} : undefined
  }

  /** Counts a request; of what has no limits, only how many are under way. */
  begin({id, rpm, tpm}: Limited, tokens: number): Ticket {
    const load = this.#loadOf(id)
    const use = {at: this.#clock.elapsed(), tokens, isOver: rpm === null && tpm === null}
    if (!use.isOver) {
      load.uses.push(use)
      load.tokens += tokens
    }
    load.inFlight += 1
    let ended = false
    return {
      used: actual => {
        if (!use.isOver) load.tokens += actual - use.tokens
        use.tokens = actual
      },
      answered: milliseconds => {
        const {firstContent = milliseconds} = load
        load.firstContent = firstContent + smoothing * (milliseconds - firstContent)
      },
      end: () => {
        if (ended) return
        ended = true
        load.inFlight -= 1
        this.#freed?.resolve()
        this.#freed = undefined
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
    return (this.#freed ??= Promise.withResolvers()).promise
  }

  #loadOf(deployment: string): Load {
    const present = this.#loads.get(deployment)
    if (present) return present
    const made: Load = {uses: [], first: 0, tokens: 0, inFlight: 0, firstContent: undefined}
    this.#loads.set(deployment, made)
    return made
  }
}

function forget(load: Load, now: number): void {
  const {uses} = load
  while (load.first < uses.length && now - uses[load.first]!.at >= windowMs) {
    const over = uses[load.first]!
    over.isOver = true
    load.tokens -= over.tokens
    load.first += 1
  }
  if (load.first < mostOver || load.first * 2 < uses.length) return
  load.uses = uses.slice(load.first)
  load.first = 0
}

/** Milliseconds until the uses that stay leave so much room; what never fits goes out alone, when the window is empty. */
function waitForTokens({uses, first, tokens}: Load, room: number, now: number): number {
  let used = tokens
  let wait = 0
  for (let index = first; index < uses.length && used > room; index += 1) {
    used -= uses[index]!.tokens
    wait = uses[index]!.at + windowMs - now
  }
  return wait
}
