import {CancelledError, OmniError} from '@omni-ops/core/operation'
import type {CompletionEvent, CompletionUsage, EventBatch} from '../model/completion-event.ts'
import {type FailureFacts, ProviderFailure} from '../model/provider-failure.ts'
import {brokenOffUsage, nothingUsed} from './usage-estimate.ts'

export interface AnswerReadingOptions {
  /** Asks the provider; begins with the first event that is read. */
  readonly ask: () => Promise<AsyncIterable<EventBatch>>
  /** Ends the request. */
  readonly signal: AbortSignal
  /** Whether an answer that a filter stopped before it began is a failure: others may answer then. */
  readonly refusalFails: boolean
  /** Whether the events are wanted once more when they have all come. */
  readonly keeps: boolean
  /** Called with the first content: from now on nobody else can answer. */
  readonly onCommit: () => void
}

const endedSilently: FailureFacts = {
  class: 'transient',
  status: null,
  retryAfter: null,
  shouldRetry: null,
  mayHaveRun: true,
  message: 'it ended without saying why',
}

const refusedByFilter: FailureFacts = {
  ...endedSilently,
  class: 'content',
  message: 'a filter stopped the answer before it began',
}

/** Reads what one deployment answers to one request, and knows how it ended. */
export class AnswerReading {
  readonly #options: AnswerReadingOptions
  #events: AsyncIterator<EventBatch> | undefined
  /** What came before the first content. */
  readonly #held: CompletionEvent[] = []
  /** What was handed on, where it is kept. */
  readonly kept: CompletionEvent[] = []
  hasCommitted = false
  isFinished = false
  /** Why there is no answer, or not the end of it. */
  failure: FailureFacts | undefined
  /** Why nobody was asked, such as that a key is missing. */
  unasked: OmniError | undefined
  #told: CompletionUsage | undefined
  #generatedBytes = 0

  constructor(options: AnswerReadingOptions) {
    this.#options = options
  }

  /** The next events, from the first content on; undefined at the end, whichever it is. @throws what is nobody's failure */
  async next(): Promise<EventBatch | undefined> {
    try {
      this.#events ??= (await this.#options.ask())[Symbol.asyncIterator]()
      for (;;) {
        const {done, value: batch} = await this.#events.next()
        if (done) {
          if (!this.isFinished) this.failure = endedSilently
          return undefined
        }
        const seen = this.#seenOf(batch)
        if (this.failure) {
          await this.leave()
          return undefined
        }
        if (seen.length === 0) continue
        if (this.#options.keeps) this.kept.push(...seen)
        return seen
      }
    } catch (error) {
      if (error instanceof ProviderFailure) this.failure = error.facts
      else if (error instanceof OmniError && !(error instanceof CancelledError)) this.unasked = error
      else if (!this.#options.signal.aborted) throw error
      return undefined
    }
  }

  /** Nobody reads on. */
  async leave(): Promise<void> {
    await this.#events?.return?.()
  }

  /** It ended because nobody wanted it any more: the reader has left, or the signal has ended it. */
  get wasStopped(): boolean {
    const {signal} = this.#options
    return !this.isFinished && this.unasked === undefined && (signal.aborted || this.failure === undefined)
  }

  /** As the provider said; estimated, and marked so, where it did not come to that. */
  usage(inputTokens: number): CompletionUsage {
    if (this.isFinished) return this.#told!
    const generatedBytes = this.#generatedBytes
    const hasRun =
      generatedBytes > 0 || this.#told !== undefined || this.failure?.mayHaveRun === true || this.wasStopped
    return hasRun ? brokenOffUsage(this.#told, {inputTokens, generatedBytes}) : nothingUsed
  }

  /** What of a batch may be handed on now. */
  #seenOf(batch: EventBatch): EventBatch {
    const seen: CompletionEvent[] = []
    for (const event of batch) {
      if (event.type === 'usage' || event.type === 'finish') this.#told = event.usage
      if (!this.hasCommitted && this.#options.refusalFails && isRefusal(event)) {
        this.failure = refusedByFilter
        break
      }
      if (event.type === 'finish') this.isFinished = true
      this.#generatedBytes += bytesOf(event)
      if (this.hasCommitted) {
        seen.push(event)
        continue
      }
      this.#held.push(event)
      if (!isContent(event)) continue
      this.hasCommitted = true
      this.#options.onCommit()
      seen.push(...this.#held)
    }
    return seen
  }
}

/** After this, the caller has seen something of an answer. An answer without any content is seen when it is whole. */
function isContent(event: CompletionEvent): boolean {
  switch (event.type) {
    case 'text-delta':
    case 'reasoning-delta':
    case 'tool-input-delta':
      return event.text !== ''
    case 'tool-input-end':
    case 'finish':
      return true
    default:
      return false
  }
}

function isRefusal(event: CompletionEvent): boolean {
  return event.type === 'finish' && event.reason.unified === 'content-filter'
}

function bytesOf(event: CompletionEvent): number {
  return event.type === 'text-delta' || event.type === 'reasoning-delta' || event.type === 'tool-input-delta'
    ? Buffer.byteLength(event.text)
    : 0
}
