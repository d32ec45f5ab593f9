import type {CompletionEvent, CompletionUsage, EventBatch, FinishReason} from '../../src/model/completion-event.ts'
import type {CompletionRequest} from '../../src/model/completion-request.ts'
import type {AdapterCall, ProviderAdapter, ProviderName} from '../../src/model/provider-adapter.ts'
import {type FailureClass, type FailureFacts, ProviderFailure} from '../../src/model/provider-failure.ts'

export function usageOf(input: number, output: number): CompletionUsage {
  return {
    input: {total: input, noCache: input, cacheRead: null, cacheWrite: null},
    output: {total: output, text: output, reasoning: null},
    raw: null,
  }
}

export function failureOf(kind: FailureClass, facts: Partial<FailureFacts> = {}): ProviderFailure {
  return new ProviderFailure({
    class: kind,
    status: null,
    retryAfter: null,
    shouldRetry: null,
    mayHaveRun: false,
    message: `scripted ${kind}`,
    ...facts,
  })
}

/** What a deployment does with one request: events, a failure, or something to wait for. */
export type Step = CompletionEvent | ProviderFailure | Promise<unknown> | ((call: AdapterCall) => Promise<unknown>)
export type Script = readonly Step[]

export function answer(text: string, usage = usageOf(10, 5), unified: FinishReason = 'stop'): Script {
  return [
    {type: 'start', model: null, warnings: []},
    {type: 'text-start', id: '1'},
    ...[...text].map((piece): CompletionEvent => ({type: 'text-delta', id: '1', text: piece})),
    {type: 'text-end', id: '1'},
    {type: 'finish', reason: {unified, raw: unified}, usage},
  ]
}

/** A deployment's adapter that does what the test says, request by request; the last script is repeated. */
export class ScriptedAdapter implements ProviderAdapter {
  readonly provider: ProviderName
  readonly model: string
  readonly requests: CompletionRequest[] = []
  readonly calls: AdapterCall[] = []
  running = 0
  mostRunning = 0
  readonly #scripts: Script[]

  constructor(model: string, scripts: readonly Script[], provider: ProviderName = 'openai') {
    this.model = model
    this.provider = provider
    this.#scripts = [...scripts]
  }

  async *complete(request: CompletionRequest, call: AdapterCall): AsyncGenerator<EventBatch> {
    this.requests.push(request)
    this.calls.push(call)
    const script = this.#scripts.length > 1 ? this.#scripts.shift()! : this.#scripts[0]!
    this.running += 1
    this.mostRunning = Math.max(this.mostRunning, this.running)
    try {
      for (const step of script) {
        if (call.signal.aborted) throw failureOf('cancelled')
        if (step instanceof ProviderFailure) throw step
        if (typeof step === 'function') await step(call)
        else if (step instanceof Promise) await step
        else yield [step]
      }
    } finally {
      this.running -= 1
    }
  }
}
