import {type Context, ExitCode, OmniError} from '@omni-ops/core/operation'
import type {KeptData} from '../build/dashboard-definition.ts'
import {type DataChoice, DataSupply, sourceOf} from '../build/data-supply.ts'
import {dataLocation} from '../data/data-location.ts'
import {LiveSource} from './live-source.ts'
import {type LiveDashboard, LiveView} from './live-view.ts'
import type {Selection} from './selection.ts'

/** As many look at dashboards as the server has room for. */
export class TooManyViewersError extends OmniError {
  readonly code = 'too_many_viewers'
  readonly exitCode = ExitCode.notConfigured
  readonly httpStatus = 503
  /** Seconds. */
  readonly retryAfter = 30
}

export interface LiveLimits {
  /** Streams at once, of one tenant and of all. */
  readonly tenantStreams: number
  readonly streams: number
  /** Views that are kept though nobody looks at them, the newest. */
  readonly idleViews: number
  /** Milliseconds that a view is kept after the last who looked at it left. */
  readonly idle: number
}

const usualLimits: LiveLimits = {tenantStreams: 64, streams: 256, idleViews: 24, idle: 60_000}

/**
 * The dashboards that are looked at in this process: each view once, and the data of each tenant once, however many
 * look at them. What nobody looks at is let go.
 */
export class LiveDashboards implements AsyncDisposable {
  readonly #limits: LiveLimits
  readonly #views = new Map<string, LiveView>()
  readonly #sources = new Map<string, LiveSource>()
  readonly #streams = new Map<string, number>()
  readonly #closing = new Set<Promise<void>>()
  #sweep: NodeJS.Timeout | undefined

  constructor(limits: Partial<LiveLimits> = {}) {
    this.#limits = {...usualLimits, ...limits}
  }

  /** The view of a dashboard with a selection, of the caller's tenant. */
  view(dashboard: LiveDashboard, selection: Selection, context: Context): LiveView {
    const {id, definition} = dashboard
    const key = JSON.stringify([context.tenant, id, definition, selection])
    const found = this.#views.get(key)
    const view = found ?? new LiveView(dashboard, selection, this.#source(dashboard, context), context)
    // The last one asked for is the newest.
    this.#views.delete(key)
    this.#views.set(key, view)
    if (found === undefined) this.#forgetIdle(this.#limits.idleViews)
    this.#sweepLater()
    return view
  }

  /** What there is now, for whoever wonders whether all was let go. */
  get size(): {readonly streams: number; readonly views: number; readonly sources: number} {
    const streams = [...this.#streams.values()].reduce((sum, each) => sum + each, 0)
    return {streams, views: this.#views.size, sources: this.#sources.size}
  }

  /** Lets go of the views that nobody looks at, but for the newest so many. */
  #forgetIdle(kept: number): void {
    const idle = [...this.#views].filter(([, view]) => view.followers === 0)
    for (const [key] of idle.slice(0, Math.max(0, idle.length - kept))) this.#views.delete(key)
    const used = new Set([...this.#views.values()].map(view => view.source))
    for (const [key, source] of this.#sources) {
      if (used.has(source)) continue
      this.#sources.delete(key)
      const closing = source.close().finally(() => this.#closing.delete(closing))
      this.#closing.add(closing)
    }
  }

  async close(): Promise<void> {
    clearTimeout(this.#sweep)
    const sources = [...this.#sources.values()]
    this.#views.clear()
    this.#sources.clear()
    await Promise.all([...sources.map(source => source.close()), ...this.#closing])
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  #sweepLater(): void {
    clearTimeout(this.#sweep)
    this.#sweep = setTimeout(() => this.#forgetIdle(0), this.#limits.idle)
    this.#sweep.unref()
  }

  /** Takes a place for a stream of a tenant, until the returned function is called. @throws TooManyViewersError */
  enter(tenant: string): () => void {
    const own = this.#streams.get(tenant) ?? 0
    if (own >= this.#limits.tenantStreams || this.size.streams >= this.#limits.streams) {
      throw new TooManyViewersError('As many look at dashboards as this server has room for', {
        hint: 'close some, or try again later',
      })
    }
    this.#streams.set(tenant, own + 1)
    return () => {
      const left = this.#streams.get(tenant)! - 1
      if (left === 0) this.#streams.delete(tenant)
      else this.#streams.set(tenant, left)
      this.#sweepLater()
    }
  }

  #source({definition: {data, type, zone}}: LiveDashboard, context: Context): LiveSource {
    // Sample data are made for a type; files and sources are the same for all.
    const key = JSON.stringify([context.tenant, data, zone, data.kind === 'sample' ? type : null])
    const source = this.#sources.get(key) ?? sourceFor(data, zone, context)
    this.#sources.set(key, source)
    return source
  }
}

/** The dashboards that are looked at through one runtime: its server's pages and its operations share them. */
export function liveDashboards({shared}: Pick<Context, 'shared'>): Promise<LiveDashboards> {
  return shared(
    'dashboard/live',
    async () => new LiveDashboards(),
    live => live.close(),
  )
}

function sourceFor(data: KeptData, zone: string, context: Context): LiveSource {
  const {clock, log} = context
  return new LiveSource({
    // Reading outlives the call that began it.
    open: signal => DataSupply.open(choiceOf(data), {...context, signal, emit: () => {}}, {templates: [], zone}),
    ...changesOf(data, context),
    clock,
    log,
  })
}

function choiceOf(data: KeptData): DataChoice {
  return data.kind === 'files' ? {...data, catalogue: undefined} : data
}

/** How it is known that data changed: files tell of themselves, the rest is read again now and then. */
function changesOf(data: KeptData, context: Context): {readonly location?: string; readonly every?: number} {
  if (data.kind === 'sample') return {}
  const location = data.kind === 'files' ? data.location : sourceOf(data.name, context).source.location
  const {kind, address} = dataLocation(location, context)
  if (kind === 'files') return {location: address}
  return {every: (context.settings.get('dashboard.refresh_seconds') as number) * 1000}
}
