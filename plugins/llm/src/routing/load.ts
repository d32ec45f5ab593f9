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
  /** What this process sent, by second. */
  seconds: Map<number, {requests: number; tokens: number}>
  /** Seconds of which other processes do not know everything. */
  untold: Set<number>
  /** What other processes sent, the oldest first. */
  elsewhere: readonly SecondUse[]
}

/** Requests and tokens of one second, counted from 1970. */
export interface SecondUse {
  readonly second: number
  readonly requests: number
  readonly tokens: number
}

/** Of an account: what is limited. */
export interface AccountUse extends SecondUse {
  readonly account: string
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
  /** Called with every request of what has limits. */
  onUse: (() => void) | undefined
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
    if (load.elsewhere.length > 0) return this.#blockedWithOthers(load, {rpm, tpm}, tokens)
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
    const tell = use.isOver ? undefined : this.#tally(load, tokens)
    load.inFlight += 1
    let ended = false
    return {
      used: actual => {
        if (!use.isOver) load.tokens += actual - use.tokens
        tell?.(actual - use.tokens)
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

  /** What was sent since it was asked for last, as sums of each second that it is in. */
  takeUses(): readonly AccountUse[] {
    const oldest = this.#second() - windowMs / 1000
    return [...this.#loads].flatMap(([account, {seconds, untold}]) => {
      for (const second of seconds.keys()) if (second < oldest) seconds.delete(second)
      const taken = [...untold].flatMap(second => {
        const sum = seconds.get(second)
        return sum === undefined ? [] : [{account, second, ...sum}]
      })
      untold.clear()
      return taken
    })
  }

  /** Takes uses back that could not be told. */
  keepUses(uses: readonly AccountUse[]): void {
    for (const {account, second} of uses) this.#loads.get(account)?.untold.add(second)
  }

  /** What other processes sent in the last minute, by account, the oldest second first. */
  setElsewhere(accounts: ReadonlyMap<string, readonly SecondUse[]>): void {
    for (const [account, load] of this.#loads) load.elsewhere = accounts.get(account) ?? []
    for (const [account, uses] of accounts) this.#loadOf(account).elsewhere = uses
  }

  /** Resolves when a request that is under way ends. */
  freed(): Promise<void> {
    return (this.#freed ??= Promise.withResolvers()).promise
  }

  /** A second of another process ends with the second: nobody knows where in it a request was. */
  #blockedWithOthers(load: Load, {rpm, tpm}: Pick<Limited, 'rpm' | 'tpm'>, tokens: number): Blocked | undefined {
    const [elapsed, now] = [this.#clock.elapsed(), this.#clock.now().getTime()]
    const others = load.elsewhere
      .map(({second, ...use}) => ({...use, left: (second + 1) * 1000 + windowMs - now}))
      .filter(({left}) => left > 0)
    const own = load.uses
      .slice(load.first)
      .map(use => ({requests: 1, tokens: use.tokens, left: use.at + windowMs - elapsed}))
    const leaving = [...own, ...others].toSorted((one, other) => one.left - other.left)
    const waitFor = (room: number, sizeOf: (use: (typeof leaving)[number]) => number) => {
      let used = leaving.reduce((sum, use) => sum + sizeOf(use), 0)
      let wait = 0
      for (const use of leaving) {
        if (used <= room) break
        used -= sizeOf(use)
        wait = use.left
      }
      return wait
    }
    const wait = Math.max(
      rpm === null ? 0 : waitFor(rpm - 1, use => use.requests),
      tpm === null ? 0 : waitFor(tpm - tokens, use => use.tokens),
    )
    return wait > 0 ? {by: 'rate-window', wait} : undefined
  }

  /** Adds a request to its second, and gives what corrects its tokens. */
  #tally({seconds, untold}: Load, tokens: number): ((more: number) => void) | undefined {
    if (this.onUse === undefined) return undefined
    const second = this.#second()
    const sum = seconds.get(second) ?? {requests: 0, tokens: 0}
    seconds.set(second, sum)
    sum.requests += 1
    sum.tokens += tokens
    untold.add(second)
    this.onUse()
    return more => {
      if (more === 0 || !seconds.has(second)) return
      sum.tokens += more
      untold.add(second)
      this.onUse?.()
    }
  }

  #second(): number {
    return Math.floor(this.#clock.now().getTime() / 1000)
  }

  #loadOf(deployment: string): Load {
    const present = this.#loads.get(deployment)
    if (present) return present
    const made: Load = {uses: [], first: 0, tokens: 0, inFlight: 0, firstContent: undefined, ...untoldLoad()}
    this.#loads.set(deployment, made)
    return made
  }
}

const untoldLoad = () => ({seconds: new Map(), untold: new Set<number>(), elsewhere: []})

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
