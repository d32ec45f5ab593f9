import {CancelledError} from '@omni-ops/core/operation'
import {DocumentTooLargeError, LoadTimeoutError} from '../documents/errors.ts'

/** What a document may cost. */
export interface LoadLimits {
  /** Bytes of the raw content. */
  readonly maxBytes: number
  /** UTF-16 code units of the text made of it. */
  readonly maxCharacters: number
  /** Milliseconds for taking a document apart; looked at between pages and pieces, not within one. */
  readonly maxMilliseconds: number
}

export const defaultLoadLimits: LoadLimits = {
  maxBytes: 50_000_000,
  maxCharacters: 100_000_000,
  maxMilliseconds: 60_000,
}

/** Watches over one document's loading. */
export class LoadBudget {
  readonly source: string
  readonly limits: LoadLimits
  readonly #signal: AbortSignal | undefined
  readonly #began = performance.now()

  constructor(source: string, limits: LoadLimits, signal?: AbortSignal) {
    this.source = source
    this.limits = limits
    this.#signal = signal
  }

  /**
   * To be called between steps of work that may be long.
   *
   * @throws CancelledError if the caller's signal is aborted, LoadTimeoutError if the time is up.
   */
  check(): void {
    if (this.#signal?.aborted) throw new CancelledError()
    const {maxMilliseconds} = this.limits
    if (performance.now() - this.#began <= maxMilliseconds) return
    throw new LoadTimeoutError(this.source, `reading it took longer than ${maxMilliseconds / 1000} s`, {
      hint: 'split the document, or raise the time limit',
    })
  }

  /** @throws DocumentTooLargeError if so many bytes of raw content are above the limit. */
  checkBytes(count: number): void {
    if (count <= this.limits.maxBytes) return
    throw new DocumentTooLargeError(this.source, `is larger than ${Math.round(this.limits.maxBytes / 1e6)} MB`, {
      hint: 'split it, or raise the limit',
    })
  }

  /** @throws DocumentTooLargeError if so many characters are above the limit. */
  checkCharacters(count: number): void {
    if (count <= this.limits.maxCharacters) return
    throw new DocumentTooLargeError(
      this.source,
      `its text is longer than ${this.limits.maxCharacters.toLocaleString('en')} characters`,
      {hint: 'split the document'},
    )
  }
}

/** Unpacked, the parts of an Office document or a book are at most this many bytes together; pictures are not unpacked. */
export const largestUnpackedOffice = 300_000_000
