import {createHash} from 'node:crypto'
import {type Clock, FailureError, type Logger, OmniError} from '@omni-ops/core/operation'
import type {DashboardDefinition} from '../build/dashboard-definition.ts'
import type {DashboardData, OnPanel, ShownPanel} from '../build/dashboard-data.ts'
import type {ReportingPeriod} from '../query/reporting-period.ts'
import {footerOf, headerOf, sectionOf} from '../render/html/page.ts'
import {type FilterChoice, filterChoices} from './filter-choices.ts'
import type {LiveSource} from './live-source.ts'
import {readSelected} from './read-selected.ts'
import type {Selection} from './selection.ts'

/** A dashboard that can be read again. */
export interface LiveDashboard {
  readonly id: string
  readonly title: string
  readonly definition: DashboardDefinition
}

/** What was read for a view. */
export interface ViewData {
  readonly data: DashboardData
  readonly readAt: Date
}

/** A piece of the page, in an element with its id. */
export interface Fragment {
  readonly id: string
  readonly html: string
  /** From which it is made: where that is the same, so is it. */
  readonly made: string
  /** The version of the view in which it last changed. */
  readonly version: number
}

/** A view as it is shown. */
export interface ShownView extends ViewData {
  readonly fragments: readonly Fragment[]
  readonly version: number
  /** Why it does not show the data as they are now. */
  readonly problem: string | undefined
}

/** What changed of a view since a version. */
export interface ViewChange {
  readonly version: number
  readonly read_at: string
  readonly problem: string | null
  readonly fragments: Readonly<Record<string, string>>
}

/** A reader who was away for more changes than these gets the page whole. */
const mostVersions = 100

export const headerFragment = 'live-header'
export const footerFragment = 'live-footer'

/** One dashboard with one selection, as it is shown to whoever looks at it. */
export class LiveView {
  readonly dashboard: LiveDashboard
  readonly selection: Selection
  readonly source: LiveSource
  readonly #clock: Clock
  readonly #log: Logger
  #data: (ViewData & {readonly loaded: number}) | undefined
  #shown: (ShownView & {readonly loaded: number}) | undefined
  #updating: Promise<void> | undefined
  readonly #waiting = new Set<() => void>()
  /** The last ones that were told. */
  #versions: readonly number[] = []
  #followers = 0
  #stopListening: (() => void) | undefined

  constructor(
    dashboard: LiveDashboard,
    selection: Selection,
    source: LiveSource,
    {clock, log}: {readonly clock: Clock; readonly log: Logger},
  ) {
    this.dashboard = dashboard
    this.selection = selection
    this.source = source
    this.#clock = clock
    this.#log = log
  }

  /** What the newest data tell. @throws what keeps them from being read */
  async data(onPanel?: OnPanel): Promise<ViewData> {
    await this.source.use(async loaded => {
      if (this.#data?.loaded === loaded.version) return
      const supply = await loaded.supplyOf(this.dashboard.definition)
      const data = await readSelected(this.dashboard.definition, supply, this.selection, onPanel)
      this.#data = {data, readAt: loaded.readAt, loaded: loaded.version}
    })
    return this.#data!
  }

  /** What a viewer can filter by. */
  async choices(): Promise<readonly FilterChoice[]> {
    const {definition} = this.dashboard
    return this.source.use(async loaded => filterChoices(definition.spec, await loaded.supplyOf(definition)))
  }

  /** The view with the newest data that could be read. @throws what keeps it from being shown at all */
  async shown(): Promise<ShownView> {
    await this.#update()
    return this.#shown!
  }

  /** How many look at it now. */
  get followers(): number {
    return this.#followers
  }

  /**
   * Tells what changes after a version, until the signal aborts. Who is slow gets what changed meanwhile as one. What
   * cannot be read yet is told once it can.
   */
  async follow(after: number, signal: AbortSignal, tell: (change: ViewChange) => Promise<void>): Promise<void> {
    const stop = this.#keepNew()
    try {
      let last = after
      await this.shown().catch(() => undefined)
      while (!signal.aborted) {
        const change = this.#changesSince(last)
        if (change === undefined) await this.#nextChange(signal)
        else {
          last = change.version
          await tell(change)
        }
      }
    } finally {
      stop()
    }
  }

  #changesSince(version: number): ViewChange | undefined {
    const shown = this.#shown
    if (shown === undefined || shown.version === version) return undefined
    // A version of another server, or of before a restart, says nothing about what its reader has.
    const known = this.#versions.includes(version)
    const changed = known ? shown.fragments.filter(each => each.version > version) : shown.fragments
    return {
      version: shown.version,
      read_at: shown.readAt.toISOString(),
      problem: shown.problem ?? null,
      fragments: Object.fromEntries(changed.map(({id, html}) => [id, html])),
    }
  }

  async #nextChange(signal: AbortSignal): Promise<void> {
    if (signal.aborted) return
    const {promise, resolve: wake} = Promise.withResolvers<void>()
    const onAbort = () => wake()
    this.#waiting.add(wake)
    signal.addEventListener('abort', onAbort, {once: true})
    await promise
    signal.removeEventListener('abort', onAbort)
    this.#waiting.delete(wake)
  }

  #keepNew(): () => void {
    this.#followers += 1
    this.#stopListening ??= this.source.listen(() => void this.#update().catch(() => undefined))
    return () => {
      this.#followers -= 1
      if (this.#followers > 0) return
      this.#stopListening?.()
      this.#stopListening = undefined
    }
  }

  /** One at a time; what changes meanwhile is seen by the next. */
  async #update(): Promise<void> {
    while (this.#updating !== undefined) await this.#updating.catch(() => undefined)
    this.#updating = this.#bringUpToDate()
    try {
      await this.#updating
    } finally {
      this.#updating = undefined
    }
  }

  async #bringUpToDate(): Promise<void> {
    try {
      const drawings = new Map<string, Promise<string>>()
      await this.data((shown, period) => this.#draw(shown, period, drawings))
      const {loaded, ...read} = this.#data!
      const problem = this.source.problem?.message
      const former = this.#shown
      if (former?.loaded === loaded && former.problem === problem) return
      const version = this.#nextVersion()
      const fragments =
        former?.loaded === loaded ? former.fragments : await this.#fragments(read.data, version, drawings)
      this.#shown = {...read, fragments, version, problem, loaded}
    } catch (error) {
      const {message} = this.#explained(error)
      if (this.#shown === undefined) throw error
      if (this.#shown.problem === message) return
      this.#shown = {...this.#shown, problem: message, version: this.#nextVersion()}
    }
    for (const wake of this.#waiting) wake()
  }

  /** Draws a panel that is not as it was, while the next one is read. */
  #draw(shown: ShownPanel, period: ReportingPeriod, drawings: Map<string, Promise<string>>): void {
    const {id} = shown.panel
    const before = this.#shown?.fragments.find(each => each.id === id)
    if (before?.made === madeOf(shown, period)) return
    const drawing = sectionOf(shown, period).then(({text}) => text)
    // Whoever puts the page together meets its error.
    drawing.catch(() => undefined)
    drawings.set(id, drawing)
  }

  /** Versions go on from the time, so that no number comes twice when the server was started anew. */
  #nextVersion(): number {
    const version = Math.max(this.#clock.now().getTime(), (this.#shown?.version ?? 0) + 1)
    this.#versions = [...this.#versions.slice(1 - mostVersions), version]
    return version
  }

  async #fragments(
    data: DashboardData,
    version: number,
    drawings: ReadonlyMap<string, Promise<string>>,
  ): Promise<readonly Fragment[]> {
    const former = new Map(this.#shown?.fragments.map(each => [each.id, each]))
    const fragment = async (id: string, made: string, html: () => Promise<string> | string): Promise<Fragment> => {
      const before = former.get(id)
      return before?.made === made ? before : {id, made, html: await html(), version}
    }
    const text = {header: headerOf(data).text, footer: footerOf(data).text}
    const fragments = [await fragment(headerFragment, text.header, () => text.header)]
    for (const shown of data.panels) {
      const html = async () => drawings.get(shown.panel.id) ?? (await sectionOf(shown, data.period)).text
      fragments.push(await fragment(shown.panel.id, madeOf(shown, data.period), html))
    }
    return [...fragments, await fragment(footerFragment, text.footer, () => text.footer)]
  }

  #explained(error: unknown): OmniError {
    if (error instanceof OmniError) return error
    const stack = error instanceof Error ? error.stack : String(error)
    this.#log.error('A dashboard could not be shown', {dashboard: this.dashboard.id, stack})
    return new FailureError('The dashboard could not be shown', {cause: error})
  }
}

/** All that a section is made of. Drawing is what takes time. */
function madeOf(shown: ShownPanel, {zone, current, previous}: ReportingPeriod): string {
  return createHash('sha256')
    .update(JSON.stringify([shown, zone, current, previous]))
    .digest('base64')
}
