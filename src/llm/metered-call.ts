/**
 * What vendors bill sound, speech and pictures by. Tokens are split by what they stand for, because each kind has a price
 * of its own.
 */
export const meteredUnits = [
  'audio_seconds',
  'characters',
  'images',
  'input_text_tokens',
  'input_image_tokens',
  'input_audio_tokens',
  'output_text_tokens',
  'output_image_tokens',
  'output_audio_tokens',
] as const

export type MeteredUnit = (typeof meteredUnits)[number]

/** How much of each unit; what is left out was not used, or nobody knows. */
export type Quantities = Readonly<Partial<Record<MeteredUnit, number>>>

/**
 * A request to a model that does not write text: a transcription, speech, a picture. What language models write goes
 * through `context.llm()`.
 */
export interface MeteredCall {
  /** `openai`, `elevenlabs`, `stability`, … */
  readonly provider: string
  readonly model: string
  /**
   * `list` asks the vendor's price list; a program or server on the user's own machines costs nothing; whose prices
   * nobody knows, as those of another vendor's server behind the same protocol, is `unknown` and never free.
   */
  readonly pricing: 'list' | 'own-machine' | 'unknown'
  /** The most that the call can use, which its budgets have to cover before it is sent. */
  readonly most: Quantities
  /** False where the work may be paid for twice if it is sent again after nobody knows what came of it: pictures. */
  readonly repeatable: boolean
  /** Milliseconds that one request may take. */
  readonly timeout: number
  /** Texts that no error may show. */
  readonly secrets: readonly string[]
  readonly signal: AbortSignal
}

export interface MeteredAnswer<T> {
  readonly answer: T
  /** As the vendor counted, or as its price list counts what came; null where only the most is known. */
  readonly used: Quantities | null
}

export interface MeteredOutcome<T> {
  readonly answer: T
  /** Of the call in the usage records. */
  readonly requestId: string
  /** 10⁻⁹ US dollars; null where no price is known. */
  readonly costNanoUsd: bigint | null
}

/** Runs calls within the limits and budgets of their caller, and writes down what they used. */
export interface Meter {
  /**
   * Reserves the most that the call can cost, sends it, and puts what it did cost in its place. What failed for a
   * passing reason is sent again where that cannot be paid for twice.
   *
   * @param send Sends one request. It throws RefusedAnswerError for an answer that is no success, what Node's network
   *   throws, or an OmniError of its own, which ends the call.
   * @throws An OmniError whose code begins with `llm_`: the budget, the key's limits, or what the vendor did;
   *   CancelledError when the signal aborts.
   */
  run<T>(call: MeteredCall, send: (signal: AbortSignal) => Promise<MeteredAnswer<T>>): Promise<MeteredOutcome<T>>
}

/** A vendor answered something else than success. Its body may echo secrets and is shown to nobody as it is. */
export class RefusedAnswerError extends Error {
  readonly status: number
  readonly headers: {get(name: string): string | null}
  /** As text, usually JSON, of bounded length. */
  readonly body: string

  constructor(status: number, headers: {get(name: string): string | null}, body: string) {
    super(`HTTP ${status}`)
    this.name = 'RefusedAnswerError'
    this.status = status
    this.headers = headers
    this.body = body
  }
}
