import type {EventBatch} from './completion-event.ts'
import type {CompletionRequest} from './completion-request.ts'

export const providerNames = [
  'openai',
  'azure',
  'anthropic',
  'gemini',
  'vertex',
  'cohere',
  'bedrock',
  'ollama',
  'openai-compatible',
] as const

export type ProviderName = (typeof providerNames)[number]

export function isProvider(name: string): name is ProviderName {
  return (providerNames as readonly string[]).includes(name)
}

/** What a model can do, as far as it is known; a deployment may say otherwise. */
export const capabilities = ['text', 'vision', 'tools', 'schema', 'reasoning', 'embeddings', 'streaming'] as const

export type Capability = (typeof capabilities)[number]

export interface AdapterCall {
  readonly signal: AbortSignal
  /** Milliseconds from when the request goes out; `total` is the router's own, by the signal. */
  readonly timeouts: {
    /** Until the provider has accepted the request; until there is a connection where the answer comes whole. */
    readonly connect: number
    /** Until the first event with content; of an answer that comes piece by piece. */
    readonly firstToken: number
    /** Of silence, in which not even a comment or a ping comes; of an answer that comes piece by piece. */
    readonly idle: number
  }
  /** Whether the answer comes piece by piece; otherwise the adapter asks for it whole and emits the same events. */
  readonly stream: boolean
}

/** One model at one provider with one key. Its SDK is imported by the first call, and never retries. */
export interface ProviderAdapter {
  readonly provider: ProviderName
  readonly model: string
  /**
   * Asks. Events come in order, `finish` last; what the request asks for and this provider has no way to do is in the
   * warnings of `start`, or refused as `client`.
   *
   * @throws ProviderFailure for everything that the provider or the network did, also in the middle of a stream.
   */
  complete(request: CompletionRequest, call: AdapterCall): AsyncIterable<EventBatch>
}
