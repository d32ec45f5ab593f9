import type {Context} from '@omni-ops/core/operation'
import type {Store, TenantWriter} from '@omni-ops/core/store'
import type {CooldownChange, CooldownNotice, Cooldowns} from './cooldowns.ts'
import type {DeploymentLoad, SecondUse} from './load.ts'
import type {SharedStateTables} from './shared-state-tables.ts'
import type {Timing} from './timing.ts'

/** Whose rows these are: the installation's, and no tenant's. */
const installation = 'omni installation'
/** While calls are made, what a process knows of the others is at most so old, in milliseconds. */
export const mostStale = 500
const windowSeconds = 60
/** A cooldown that is over is kept so long, in milliseconds: another failure makes the next one longer. */
const keptAfter = 900_000

export interface SharedStateParts {
  readonly store: Store
  readonly cooldowns: Cooldowns
  /** What is limited, by the word before an account's name. */
  readonly loads: Readonly<Record<'deployment' | 'key', DeploymentLoad>>
  readonly context: Pick<Context, 'principal' | 'clock' | 'random' | 'log'>
  readonly timing: Timing
}

/**
 * Lets the processes of one installation know of each other's cooldowns, and of the requests and tokens of the last
 * minute. No call waits for it: half a second after a call, what this process did since is written together, and what
 * the others did is read. So a limit of a minute may be exceeded by what others sent within that half second, and the
 * first call after a pause goes by what was known before it. Each machine's own clock says what time it is.
 */
export class SharedState {
  readonly #parts: SharedStateParts
  readonly #process: string
  readonly #queries: ReturnType<typeof queriesOf>
  /** What was in the database when it was read last: of a row that is gone since, somebody saw the end. */
  #known = new Map<string, number>()
  #stopTimer: (() => void) | undefined
  #running: Promise<void> | undefined
  #isBroken = false
  #isClosed = false

  private constructor(parts: SharedStateParts) {
    this.#parts = parts
    this.#process = parts.context.random.id()
    this.#queries = queriesOf(parts.store)
  }

  /** Reads what others know, and takes part from then on. */
  static async open(parts: SharedStateParts): Promise<SharedState> {
    const state = new SharedState(parts)
    await state.synchronize()
    const onUse = () => state.#schedule()
    parts.cooldowns.onUse = onUse
    for (const load of Object.values(parts.loads)) load.onUse = onUse
    return state
  }

  /** Writes what is new here, and reads what is new elsewhere. Where that fails it is logged, and tried again later. */
  async synchronize(): Promise<void> {
    while (this.#running !== undefined) await this.#running
    this.#running = this.#exchange()
    await this.#running
  }

  /** Writes what is not written yet. */
  async close(): Promise<void> {
    this.#isClosed = true
    this.#stopTimer?.()
    await this.#running
    await this.#attempt(() => this.#write())
  }

  #schedule(): void {
    if (this.#stopTimer !== undefined || this.#isClosed) return
    this.#stopTimer = this.#parts.timing.after(mostStale, () => {
      this.#stopTimer = undefined
      void this.synchronize()
    })
  }

  async #exchange(): Promise<void> {
    await this.#attempt(async () => {
      await this.#write()
      await this.#read()
    })
    this.#running = undefined
  }

  async #attempt(work: () => Promise<void>): Promise<void> {
    try {
      await work()
      this.#isBroken = false
    } catch (error) {
      const {log} = this.#parts.context
      if (!this.#isBroken) log.warn('The state of deployments is not shared', {reason: (error as Error).message})
      this.#isBroken = true
    }
  }

  async #write(): Promise<void> {
    const {cooldowns, loads, store, context} = this.#parts
    const now = context.clock.now().getTime()
    const changes = cooldowns.takeChanges()
    const taken = Object.entries(loads).map(([kind, load]) => ({kind, load, uses: load.takeUses()}))
    const uses = taken.flatMap(({kind, uses: each}) => each.map(use => ({...use, account: `${kind} ${use.account}`})))
    if (changes.length === 0 && uses.length === 0) return
    const {principal, clock, random} = context
    const {signal} = new AbortController()
    // Not the caller's context: its signal ends with the call, and so does what it wants to see of units.
    const unitContext = {principal, clock, random, signal, tenant: installation, operation: 'llm.shared-state'}
    try {
      await store.unit(unitContext, {audit: false, survives: 'process-end'}, async unit => {
        const database = unit.database<SharedStateTables>()
        for (const change of changes) await writeCooldown(database, change)
        for (const use of uses) {
          const {requests, tokens} = use
          await database
            .insertInto('llm_shared_uses')
            .values({process: this.#process, ...use})
            .onConflict(conflict => conflict.columns(['process', 'account', 'second']).doUpdateSet({requests, tokens}))
            .execute()
        }
        const oldest = Math.floor(now / 1000) - windowSeconds
        await database.deleteFrom('llm_shared_uses').where('second', '<', oldest).execute()
        const over = new Date(now - keptAfter).toISOString()
        await database.deleteFrom('llm_shared_cooldowns').where('until', '<', over).execute()
      })
    } catch (error) {
      cooldowns.keepChanges(changes)
      for (const {load, uses: each} of taken) load.keepUses(each)
      throw error
    }
  }

  async #read(): Promise<void> {
    const {store, cooldowns, loads, context} = this.#parts
    const second = Math.floor(context.clock.now().getTime() / 1000) - windowSeconds
    const rows = await store.find(this.#queries.cooldowns, installation, {})
    const notices = rows.map(({until, ...row}): CooldownNotice => ({
      ...row,
      until: Date.parse(until),
      reason: row.reason as CooldownNotice['reason'],
    }))
    cooldowns.learn(notices)
    const present = new Map(notices.map(({deployment, until}) => [deployment, until]))
    for (const [deployment, until] of this.#known) {
      if (!present.has(deployment)) cooldowns.clearedElsewhere(deployment, until)
    }
    this.#known = present
    const uses = await store.find(this.#queries.uses, installation, {process: this.#process, second})
    for (const [kind, load] of Object.entries(loads)) {
      const own = uses.filter(({account}) => account.startsWith(`${kind} `))
      const accounts = Map.groupBy(own, ({account}) => account.slice(kind.length + 1))
      load.setElsewhere(accounts as ReadonlyMap<string, readonly SecondUse[]>)
    }
  }
}

/** A cooldown is never shortened; one that is over is removed, unless somebody made it longer meanwhile. */
async function writeCooldown(database: TenantWriter<SharedStateTables>, change: CooldownChange): Promise<void> {
  if (change.kind === 'cleared') {
    const query = database.deleteFrom('llm_shared_cooldowns').where('deployment', '=', change.deployment)
    const {until} = change
    await (until === null ? query : query.where('until', '<=', new Date(until).toISOString())).execute()
    return
  }
  const {deployment, trips, reason} = change
  const until = new Date(change.until).toISOString()
  await database
    .insertInto('llm_shared_cooldowns')
    .values({deployment, until, trips, reason})
    .onConflict(conflict =>
      conflict
        .columns(['deployment'])
        .doUpdateSet({until, trips, reason})
        .where('llm_shared_cooldowns.until', '<', until),
    )
    .execute()
}

function queriesOf(store: Store) {
  type Others = {readonly process: string; readonly second: number}
  return {
    cooldowns: store.prepare([], (database: TenantWriter<SharedStateTables>, _values: object) =>
      database.selectFrom('llm_shared_cooldowns').select(['deployment', 'until', 'trips', 'reason']),
    ),
    uses: store.prepare(['process', 'second'], (database: TenantWriter<SharedStateTables>, {process, second}: Others) =>
      database
        .selectFrom('llm_shared_uses')
        .select(['account', 'second', 'requests', 'tokens'])
        .where('process', '!=', process)
        .where('second', '>=', second)
        .orderBy('second'),
    ),
  }
}
