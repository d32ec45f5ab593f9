import type {Context} from '@omni-ops/core/operation'
import {Registry} from '@omni-ops/core/operation'
import {silentLog, TestClock, testContext, type TestContextOptions} from '@omni-ops/core/testing'
import {openStore, type Store} from '@omni-ops/core/store'
import {onTestFinished} from 'vitest'
import core from '../../../../src/core-plugin.ts'
import llm from '../../src/index.ts'
import type {Configuration} from '../../src/configuration/configuration.ts'
import {deploymentFrom} from '../../src/configuration/deployment-from.ts'
import {
  cacheSchema,
  cooldownSchema,
  deploymentSchema,
  groupSchema,
  retrySchema,
  timeoutsSchema,
  budgetSchema,
} from '../../src/configuration/schema.ts'
import {migrations} from '../../src/migrations.ts'
import type {CompletionEvent} from '../../src/model/completion-event.ts'
import type {CompletionRequest} from '../../src/model/completion-request.ts'
import type {Engine} from '../../src/routing/engine.ts'
import {makeEngine} from '../../src/routing/open-engine.ts'
import {Router} from '../../src/routing/router.ts'
import type {RoutedAnswer, RoutedCall} from '../../src/routing/routed-call.ts'
import type {Timing} from '../../src/routing/timing.ts'
import {ScriptedAdapter, type Script} from './scripted-adapter.ts'

export const registry = new Registry([core, llm])

/** One input token costs a nano-dollar here, and an output token two. */
export const testPrice = {input: '0.001', output: '0.002'}

export interface TestDeployment extends Record<string, unknown> {
  readonly scripts?: readonly Script[]
}

export interface RoutingOptions {
  readonly deployments: Readonly<Record<string, TestDeployment>>
  readonly groups?: Readonly<Record<string, Record<string, unknown>>>
  readonly retry?: Record<string, unknown>
  readonly cooldown?: Record<string, unknown>
  readonly timeouts?: Record<string, unknown>
  readonly cache?: Record<string, unknown>
  readonly budgets?: readonly Record<string, unknown>[]
  readonly logContent?: boolean
  readonly store?: Store
  readonly context?: TestContextOptions
  readonly clock?: TestClock
}

export interface Routing {
  readonly router: Router
  readonly engine: Engine
  readonly context: Context
  readonly clock: TestClock
  readonly store: Store
  readonly adapters: Readonly<Record<string, ScriptedAdapter>>
  readonly waits: number[]
  /** Lets the deadline of every call that is under way pass. */
  expire(): void
  call(over?: Partial<RoutedCall>): RoutedAnswer
}

/** A database of a test's own, in memory. */
export async function temporaryStore(clock = new TestClock()): Promise<Store> {
  const store = await openStore({url: 'sqlite::memory:', migrations, clock, log: silentLog})
  onTestFinished(() => store.close())
  return store
}

/** A router over deployments that do what the test says; its clock moves when it waits. */
export async function routing(options: RoutingOptions): Promise<Routing> {
  const clock = options.clock ?? new TestClock()
  const store = options.store ?? (await temporaryStore(clock))
  const context = testContext({registry, clock, store, ...options.context})
  const adapters: Record<string, ScriptedAdapter> = {}
  const deployments = new Map(
    Object.entries(options.deployments).map(([id, {scripts = [], ...settings}]) => {
      const given = deploymentSchema().parse({
        id,
        provider: 'openai',
        model: `model-${id}`,
        price: testPrice,
        ...settings,
      })
      const adapter = new ScriptedAdapter(given.model, scripts, given.provider)
      adapters[id] = adapter
      const deployment = deploymentFrom(given, context.settings, {
        adapter: async () => adapter,
        facts: () => ({
          capabilities: ['text', 'tools', 'schema', 'streaming'],
          contextTokens: null,
          maxOutputTokens: null,
        }),
      })
      return [id, {...deployment, adapter: async () => adapter}]
    }),
  )
  const ids = [...deployments.keys()]
  const groups = Object.entries(options.groups ?? {main: {}}).map(
    ([name, group]) => [name, groupSchema().parse({deployments: ids, ...group})] as const,
  )
  const configuration: Configuration = {
    deployments,
    groups: new Map(groups),
    defaultTarget: groups[0]![0],
    retry: retrySchema().parse(options.retry ?? {}),
    cooldown: cooldownSchema().parse(options.cooldown ?? {}),
    timeouts: timeoutsSchema().parse(options.timeouts ?? {}),
    cache: cacheSchema().parse(options.cache ?? {}),
    budgets: (options.budgets ?? []).map(each => budgetSchema().parse(each)),
    logContent: options.logContent ?? false,
    isDeclared: true,
    adHoc: () => undefined,
  }
  const waits: number[] = []
  const timers = new Set<() => void>()
  const timing: Timing = {
    async wait(milliseconds, signal) {
      waits.push(milliseconds)
      signal.throwIfAborted()
      clock.advance(milliseconds)
    },
    after(milliseconds, callback) {
      timers.add(callback)
      return () => void timers.delete(callback)
    },
  }
  const engine = makeEngine({configuration, store, clock, timing})
  const router = Router.over(context, engine)
  return {
    router,
    engine,
    context,
    clock,
    store,
    adapters,
    waits,
    expire: () => {
      // What a timer sets anew is not due.
      const due = [...timers]
      for (const timer of due) timer()
    },
    call: over =>
      router.complete({
        target: 'main',
        request: question,
        stream: true,
        signal: new AbortController().signal,
        purpose: 'test.ask',
        ...over,
      }),
  }
}

export const question: CompletionRequest = {
  messages: [{role: 'user', content: [{type: 'text', text: 'How long is the notice period?'}]}],
  maxOutputTokens: 100,
}

export async function eventsOf(answer: RoutedAnswer): Promise<CompletionEvent[]> {
  const events: CompletionEvent[] = []
  for await (const event of answer.events) events.push(event)
  return events
}

export async function textOf(answer: RoutedAnswer): Promise<string> {
  return (await eventsOf(answer)).map(event => (event.type === 'text-delta' ? event.text : '')).join('')
}
