/** A picture that belongs to a message, read and checked: no model fetches a URL. */
export interface LanguageModelImage {
  readonly mediaType: 'image/png' | 'image/jpeg' | 'image/webp' | 'image/gif'
  readonly bytes: Uint8Array
}

export interface LanguageModelMessage {
  readonly role: 'user' | 'assistant'
  readonly content: string
  /** Of a user's message, after its text. */
  readonly images?: readonly LanguageModelImage[]
}

export interface LanguageModelRequest {
  /** Instructions that rank above the messages. */
  readonly system?: string
  readonly messages: readonly LanguageModelMessage[]
  /** The most tokens to generate, those a model thinks with included. */
  readonly maxTokens: number
  /** From 0 to 2; left to the provider where it is not given, because some models accept none. */
  readonly temperature?: number
  /** JSON schema that the answer has to satisfy; `finish` then has it as data. */
  readonly schema?: Readonly<Record<string, unknown>>
  /** The most US dollars that it may cost by its worst case, such as `0.05`. */
  readonly maxCost?: string
  /** The region that what is asked may not leave, as deployments name theirs. */
  readonly region?: string
  readonly signal?: AbortSignal
}

/** Why a model stopped: it was done, the limit cut it off, or a safety filter did. */
export type FinishReason = 'stop' | 'length' | 'filter'

export interface LanguageModelUsage {
  /** As the provider counts them; null where it does not say. */
  readonly inputTokens: number | null
  readonly outputTokens: number | null
}

/** Who answered in the end, which may be another than was asked first. */
export interface LanguageModelOutcome {
  readonly requestId: string
  readonly provider: string
  readonly model: string
  /** US dollars; null where no price is known. */
  readonly cost: string | null
}

export type LanguageModelEvent =
  | {readonly type: 'text'; readonly text: string}
  /** Always the last event of a stream that ends well. */
  | {
      readonly type: 'finish'
      readonly reason: FinishReason
      readonly usage: LanguageModelUsage
      /** Where a schema was given. */
      readonly json?: unknown
      readonly outcome?: LanguageModelOutcome
    }

/** A model of one provider. Nothing is loaded or sent before the first `stream`. */
export interface LanguageModel {
  /** `openai`, `anthropic`, `ollama`, … */
  readonly provider: string
  readonly model: string
  /**
   * Generates text, piece by piece. A request that the model cannot serve, such as one with pictures where it sees
   * none, is refused before anything is sent.
   *
   * @throws While it is iterated, an OmniError whose code begins with `llm_`; CancelledError when the signal aborts.
   * None of them holds a key.
   */
  stream(request: LanguageModelRequest): AsyncIterable<LanguageModelEvent>
}
