import {type Context, NotConfiguredError} from '@omni-ops/core/operation'
import {dollarsFromNano} from '../configuration/money.ts'
import type {Reservation} from '../budget/budgets.ts'
import type {Configuration} from '../configuration/configuration.ts'
import type {CompletionEvent, EventBatch} from '../model/completion-event.ts'
import {keyOf} from './call-account.ts'
import {CallRun} from './call-run.ts'
import {judge, needOf} from './candidates.ts'
import type {Deployment} from './deployment.ts'
import type {CallContext, Engine} from './engine.ts'
import type {
  CallOutcome,
  Candidate,
  Commitment,
  EmbeddingAnswer,
  EmbeddingCall,
  Explanation,
  RoutableModel,
  RoutedAnswer,
  RoutedCall,
} from './routed-call.ts'
import {orderBy} from './strategies.ts'
import {resolveTarget, targetOf} from './targets.ts'
import {isAllowed, type KeyLimit} from '../keys/key-limits.ts'

/** Texts are turned into vectors, and no embedding model is configured. */
export class NoEmbeddingModelError extends NotConfiguredError {
  override readonly code = 'embedding_not_configured'
}

/**
 * Picks a deployment for each call of one context, fails over before the first content, and writes down what was used.
 * What calls share, such as who is cooling down, belongs to the process (`Engine`).
 */
export class Router {
  readonly engine: Engine
  readonly #context: CallContext

  private constructor(context: CallContext, engine: Engine) {
    this.#context = context
    this.engine = engine
  }

  /**
   * The router of the profile; the engine behind it is opened once.
   *
   * @param options.search whether a local Ollama is looked for where nothing is configured
   * @throws NoProviderError, saying what to set, where no provider is configured or found; InvalidSettingError
   */
  static async open(context: Context, options: {readonly search?: boolean} = {}): Promise<Router> {
    const {engineOf} = await import('./open-engine.ts')
    return Router.over(context, await engineOf(context, options))
  }

  /** A router over an engine that is open. */
  static over(context: Context, engine: Engine): Router {
    // Not the witness: what is written down here is not a part of what the caller's request did.
    const {tenant, principal, operation, clock, random, signal, log, emit, embeddings} = context
    return new Router({tenant, principal, operation, clock, random, signal, log, emit, embeddings}, engine)
  }

  get configuration(): Configuration {
    return this.engine.configuration
  }

  /** Begins when the events are read. */
  complete(call: RoutedCall): RoutedAnswer {
    const committed = Promise.withResolvers<Commitment>()
    const outcome = Promise.withResolvers<CallOutcome>()
    committed.promise.catch(() => undefined)
    const run = new CallRun(call, this.#context, this.engine, {committed, outcome})
    const generated = run.batches()
    const batches = {
      next: () => generated.next(),
      // A generator that waits for its provider would not hear of it before the provider speaks.
      return: async () => {
        run.leave()
        return generated.return(undefined)
      },
    }
    return {
      committed: committed.promise,
      outcome: outcome.promise,
      batches: {[Symbol.asyncIterator]: () => batches},
      events: {[Symbol.asyncIterator]: () => eventsOf(batches)},
    }
  }

  /** What would be done with a call, and why; nothing is sent. @throws UnknownTargetError */
  async explain(call: Pick<RoutedCall, 'target' | 'request' | 'requirements' | 'virtualKey'>): Promise<Explanation> {
    const {cooldowns, load, configuration} = this.engine
    const {tenant, clock, random} = this.#context
    const target = resolveTarget(configuration, call.target)
    const need = needOf(call.request, tenant, call.requirements)
    const now = clock.now()
    const judged = await Promise.all(
      target.deployments.map(async deployment => {
        const found = await judge(deployment, need, {cooldowns, load, now, priced: true})
        const worstCaseNanoUsd = found.worstCaseNanoUsd ?? null
        const excluded = [...found.excluded, ...(await this.#budgetsAgainst(deployment, worstCaseNanoUsd, call))]
        return {...found, worstCaseNanoUsd, excluded}
      }),
    )
    const possible = judged.filter(({excluded}) => excluded.length === 0)
    const candidates: Candidate[] = judged.map(({deployment, worstCaseNanoUsd, excluded}) => ({
      deployment: deployment.id,
      provider: deployment.provider,
      model: deployment.model,
      region: deployment.region,
      worstCaseNanoUsd,
      excluded: excluded.map(({by, why}) => ({by, why})),
    }))
    return {
      target: call.target,
      group: target.group === null ? null : target.name,
      strategy: target.strategy,
      inputTokens: need.input.likely,
      candidates,
      order: orderBy(target.strategy, possible, {load, random}).map(({deployment}) => deployment.id),
      fallbacks: {
        general: target.group?.fallbacks ?? [],
        context: target.group?.context_fallbacks ?? [],
        content: target.group?.content_fallbacks ?? [],
      },
    }
  }

  /** Every name that a call of this tenant may use as its target. */
  models(): readonly RoutableModel[] {
    const {deployments, groups} = this.configuration
    const mayUse = (deployment: Deployment) => deployment.tenants?.includes(this.#context.tenant) ?? true
    const usable = [...deployments.values()].filter(mayUse)
    const inGroups = [...groups].map(([name, group]) =>
      routable(
        name,
        'group',
        group.deployments.flatMap(id => usable.filter(each => each.id === id)),
      ),
    )
    return [...inGroups, ...usable.map(deployment => routable(deployment.id, 'deployment', [deployment]))].filter(
      ({deployments: behind}) => behind.length > 0,
    )
  }

  /** The names of `models` that the caller's key may use. @throws KeyRevokedError */
  async modelsOfKey(): Promise<readonly RoutableModel[]> {
    const limit = await this.#limitOfKey()
    if (limit === undefined || limit.targets.length === 0) return this.models()
    return limit.targets.map(name => this.#model(name)).filter(model => model !== undefined)
  }

  /** What a call of this key may name, listed or not, such as `provider/model`; undefined where it may not. */
  async modelOfKey(name: string): Promise<RoutableModel | undefined> {
    const limit = await this.#limitOfKey()
    return limit === undefined || isAllowed(limit, name) ? this.#model(name) : undefined
  }

  #model(name: string): RoutableModel | undefined {
    const target = targetOf(this.configuration, name)
    if (target === undefined) return undefined
    const usable = target.deployments.filter(({tenants}) => tenants?.includes(this.#context.tenant) ?? true)
    return usable.length === 0 ? undefined : routable(name, target.group ? 'group' : 'deployment', usable)
  }

  async #limitOfKey(): Promise<KeyLimit | undefined> {
    const key = keyOf({}, this.#context)
    return key === null ? undefined : this.engine.keys.of(this.#context, key)
  }

  /**
   * How many tokens a prompt likely is, as the router estimates it; nobody is asked, and nothing counted of the key.
   * @throws UnknownTargetError, TargetNotAllowedError
   */
  async inputTokens({target, request}: Pick<RoutedCall, 'target' | 'request'>): Promise<number> {
    const key = keyOf({}, this.#context)
    resolveTarget(this.configuration, target)
    if (key !== null) await this.engine.keys.allow(this.#context, {key, target})
    return needOf(request, this.#context.tenant).input.likely
  }

  /**
   * Turns texts into vectors by the profile's embedding model, or another of the same provider; what it uses is written
   * down by the kernel.
   * @throws NoEmbeddingModelError, BudgetExceededError, what `EmbeddingModel.embed` throws, and the errors of the key's
   * limits
   */
  async embed(call: EmbeddingCall): Promise<EmbeddingAnswer> {
    const {clock} = this.#context
    const {budgets, keys} = this.engine
    const key = keyOf(call, this.#context)
    const bytes = call.texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0)
    const target = call.target ?? 'embeddings'
    const ticket =
      key === null ? undefined : await keys.begin(this.#context, {key, target, tokens: Math.ceil(bytes / 4)})
    let reservation: Reservation | undefined
    let used: number | null = 0
    let spent: bigint | null = 0n
    try {
      const model = await this.#context.embeddings(call.target?.replace(/^[a-z-]+\//, ''))
      if (model === undefined) {
        throw new NoEmbeddingModelError('Vectors need an embedding model, and none is configured', {
          hint: 'set RAG_EMBEDDING_MODEL',
        })
      }
      const {embeddingCost} = await import('@omni-ops/core/llm')
      const {provider, model: name} = model
      // A token stands for a byte at least, but for those that begin and end a text.
      const most = await embeddingCost(model, bytes + 2 * call.texts.length, clock.now())
      reservation = await budgets.reserve(
        {...this.#context, signal: call.signal},
        {key, provider, model: name},
        most,
        message => this.#context.emit({type: 'note', level: 'warn', message}),
      )
      try {
        const {vectors} = await model.embed(call.texts, {
          kind: call.kind,
          signal: call.signal,
          isPassedOn: true,
          onBatch: async ({usage: {inputTokens}}) => {
            used = used === null || inputTokens === null ? null : used + inputTokens
          },
        })
        return {
          vectors,
          provider,
          model: name,
          inputTokens: used,
          costNanoUsd: await embeddingCost(model, used, clock.now()),
        }
      } finally {
        // What fails has been paid for where some of its requests were answered.
        spent = used === 0 ? 0n : await embeddingCost(model, used, clock.now())
        if (used !== null) ticket?.used(used)
      }
    } finally {
      ticket?.end()
      if (reservation) await budgets.settle(this.#context, reservation, spent)
    }
  }

  async #budgetsAgainst(
    {provider, model}: Deployment,
    worst: bigint | null,
    call: Pick<RoutedCall, 'virtualKey'>,
  ): Promise<{by: 'budget'; why: string}[]> {
    const states = await this.engine.budgets.against(
      this.#context,
      {key: keyOf(call, this.#context), provider, model},
      worst,
    )
    return states.map(({budget, roomNanoUsd}) => ({
      by: 'budget',
      why:
        worst === null
          ? `the ${budget.window} budget takes no call whose price is unknown`
          : `the ${budget.window} budget has $${dollarsFromNano(roomNanoUsd)} left`,
    }))
  }
}

/** The events of batches, one by one. */
function eventsOf(
  batches: Required<Pick<AsyncIterator<EventBatch, undefined>, 'next' | 'return'>>,
): AsyncIterator<CompletionEvent, undefined> {
  let batch: EventBatch = []
  let next = 0
  return {
    async next() {
      if (next >= batch.length) {
        const result = await batches.next()
        if (result.done) return {done: true, value: undefined}
        batch = result.value
        next = 0
      }
      next += 1
      return {done: false, value: batch[next - 1]!}
    },
    async return() {
      await batches.return()
      return {done: true, value: undefined}
    },
  }
}

function routable(name: string, kind: RoutableModel['kind'], behind: readonly Deployment[]): RoutableModel {
  const [first, ...rest] = behind
  return {
    name,
    kind,
    deployments: behind.map(({id}) => id),
    providers: [...new Set(behind.map(({provider}) => provider))],
    capabilities: [...(first?.capabilities ?? [])].filter(each =>
      rest.every(({capabilities}) => capabilities.has(each)),
    ),
    contextTokens: leastOf(behind.map(({contextTokens}) => contextTokens)),
    maxOutputTokens: leastOf(behind.map(({maxOutputTokens}) => maxOutputTokens)),
  }
}

/** Null where one is not known. */
function leastOf(counts: readonly (number | null)[]): number | null {
  return counts.reduce(
    (least, each) => (least === null || each === null ? null : Math.min(least, each)),
    counts[0] ?? null,
  )
}
