export interface LanguageModelMessage {
  readonly role: 'user' | 'assistant'
  readonly content: string
}

export interface LanguageModelRequest {
  /** Instructions that rank above the messages. */
  readonly system?: string
  readonly messages: readonly LanguageModelMessage[]
  /** The most tokens to generate, those a model thinks with included. */
  readonly maxTokens: number
  /** From 0 to 2; left to the provider where it is not given, because some models accept none. */
  readonly temperature?: number
  readonly signal?: AbortSignal
}

/** Why a model stopped: it was done, the limit cut it off, or a safety filter did. */
export type FinishReason = 'stop' | 'length' | 'filter'

export interface LanguageModelUsage {
  /** As the provider counts them; null where it does not say. */
  readonly inputTokens: number | null
  readonly outputTokens: number | null
}

export type LanguageModelEvent =
  | {readonly type: 'text'; readonly text: string}
  /** Always the last event of a stream that ends well. */
  | {readonly type: 'finish'; readonly reason: FinishReason; readonly usage: LanguageModelUsage}

/** A model of one provider. Nothing is loaded or sent before the first `stream`. */
export interface LanguageModel {
  /** `openai`, `anthropic`, `ollama`, … */
  readonly provider: string
  readonly model: string
  /**
   * Generates text, piece by piece.
   *
   * @throws While it is iterated, an OmniError whose code begins with `llm_`; CancelledError when the signal aborts.
   * None of them holds a key.
   */
  stream(request: LanguageModelRequest): AsyncIterable<LanguageModelEvent>
}
