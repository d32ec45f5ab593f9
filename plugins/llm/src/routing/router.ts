import {CancelledError, type Context} from '@omni-ops/core/operation'
import {noUsage} from '../model/completion-usage.ts'
import type {CompletionEvent} from '../model/completion-event.ts'
import type {ProviderAdapter} from '../model/provider-adapter.ts'
import {ProviderFailure} from '../model/provider-failure.ts'
import {InterruptedError, ProviderError} from './errors.ts'
import type {Attempt, CallOutcome, Commitment, RoutedAnswer, RoutedCall} from './routed-call.ts'

const timeouts = {connect: 10_000, firstToken: 120_000, idle: 60_000}

/** Picks a deployment for each call, fails over, and writes down what was used. */
export class Router {
  readonly #context: Context
  readonly #adapter: ProviderAdapter

  private constructor(context: Context, adapter: ProviderAdapter) {
    this.#context = context
    this.#adapter = adapter
  }

  /** A router over one deployment. */
  static over(context: Context, adapter: ProviderAdapter): Router {
    return new Router(context, adapter)
  }

  complete(call: RoutedCall): RoutedAnswer {
    const committed = Promise.withResolvers<Commitment>()
    const outcome = Promise.withResolvers<CallOutcome>()
    committed.promise.catch(() => undefined)
    return {
      events: this.#events(call, committed, outcome),
      committed: committed.promise,
      outcome: outcome.promise,
    }
  }

  async *#events(
    call: RoutedCall,
    committed: PromiseWithResolvers<Commitment>,
    outcome: PromiseWithResolvers<CallOutcome>,
  ): AsyncGenerator<CompletionEvent> {
    const {clock, random} = this.#context
    const {provider, model} = this.#adapter
    const deployment = `${provider}/${model}`
    const requestId = random.id()
    const startedAt = clock.now().toISOString()
    const began = clock.elapsed()
    let usage = noUsage
    let hasBegun = false
    let ended: Attempt['outcome'] = 'cancelled'
    let status: number | null = null
    const attempt = (): Attempt => ({
      deployment,
      provider,
      model,
      startedAt,
      durationMs: clock.elapsed() - began,
      outcome: ended,
      status,
    })
    try {
      for await (const event of this.#adapter.complete(call.request, {
        signal: call.signal,
        timeouts,
        stream: call.stream,
      })) {
        if (!hasBegun) committed.resolve({requestId, deployment, attempts: 1, cache: 'off'})
        hasBegun = true
        if (event.type === 'usage' || event.type === 'finish') usage = event.usage
        yield event
      }
      ended = 'answered'
    } catch (error) {
      if (call.signal.aborted) throw new CancelledError()
      if (!(error instanceof ProviderFailure)) throw error
      ended = error.facts.class
      status = error.facts.status
      const told = hasBegun
        ? new InterruptedError(`${deployment} broke off: ${error.facts.message}`)
        : new ProviderError(error.facts, deployment, [attempt()])
      committed.reject(told)
      throw told
    } finally {
      committed.reject(new CancelledError())
      const attempts = [attempt()]
      outcome.resolve({
        requestId,
        deployment,
        provider,
        model,
        attempts,
        usage,
        costNanoUsd: null,
        cache: 'off',
        overheadMs: 0,
      })
    }
  }
}
