import {CancelledError, OmniError} from '../operation/errors.ts'
import type {ProviderFault} from './errors.ts'
import {errorOf} from './errors.ts'
import type {LanguageModelEvent} from './language-model.ts'

export interface StreamGuard {
  readonly provider: string
  readonly model: string
  /** The caller's signal. */
  readonly signal?: AbortSignal | undefined
  /** A stream that says nothing for so many milliseconds is given up. */
  readonly silenceLimit: number
  /** Texts that no error may show. */
  readonly secrets: readonly string[]
  /** Reads an SDK's error, thrown before or after the first text; undefined for one that is not the provider's. */
  readonly faultOf: (error: unknown, hasBegun: boolean) => ProviderFault | undefined
}

/** A server that streams on for ever is cut off here, in UTF-16 code units of text. */
const LONGEST_ANSWER = 4_000_000

/**
 * Runs a provider's stream so that every one ends the same way: with a `finish` event, or with one of this kernel's
 * errors. The SDK's request is aborted whichever way the caller stops.
 */
export async function* guardedStream(
  guard: StreamGuard,
  open: (signal: AbortSignal) => AsyncIterable<LanguageModelEvent>,
): AsyncGenerator<LanguageModelEvent> {
  if (guard.signal?.aborted) throw new CancelledError()
  const ending = new AbortController()
  const signal = guard.signal ? AbortSignal.any([guard.signal, ending.signal]) : ending.signal
  const events = open(signal)[Symbol.asyncIterator]()
  let length = 0
  try {
    for (;;) {
      const next = await inTime(events.next(), guard, signal)
      if (next.done) throw fault(guard, 'interrupted', 'the connection closed before the end')
      yield next.value
      if (next.value.type === 'finish') return
      length += next.value.text.length
      if (length > LONGEST_ANSWER) throw fault(guard, 'interrupted', `it is longer than ${LONGEST_ANSWER} characters`)
    }
  } catch (error) {
    throw translated(error, guard, length > 0)
  } finally {
    ending.abort()
  }
}

/** The next event, unless the caller aborts or the provider stays silent for too long. */
async function inTime<T>(next: Promise<T>, guard: StreamGuard, signal: AbortSignal): Promise<T> {
  // The race leaves this promise behind when the signal wins; its rejection is then of no interest.
  next.catch(() => undefined)
  const {promise, reject} = Promise.withResolvers<never>()
  const onAbort = (): void => reject(new CancelledError())
  const silence = setTimeout(
    () => reject(fault(guard, 'unreachable', `it said nothing for ${Math.round(guard.silenceLimit / 1000)} s`)),
    guard.silenceLimit,
  )
  signal.addEventListener('abort', onAbort, {once: true})
  try {
    return await Promise.race([next, promise])
  } finally {
    clearTimeout(silence)
    signal.removeEventListener('abort', onAbort)
  }
}

function translated(error: unknown, guard: StreamGuard, hasBegun: boolean): unknown {
  if (guard.signal?.aborted) return new CancelledError()
  if (error instanceof OmniError) return error
  const found = guard.faultOf(error, hasBegun)
  return found ? errorOf(guard.provider, guard.model, found, guard.secrets) : error
}

function fault(guard: StreamGuard, kind: 'unreachable' | 'interrupted', message: string): Error {
  return errorOf(guard.provider, guard.model, {kind, message}, guard.secrets)
}

/** Reads what Node's own `fetch` and streams throw: refused and broken connections, and text that is not JSON. */
export function faultOfNetwork(error: unknown, hasBegun: boolean): ProviderFault | undefined {
  if (!(error instanceof Error)) return undefined
  if (error instanceof SyntaxError) return {kind: 'interrupted', message: 'it is not valid JSON'}
  const cause = error.cause instanceof Error ? error.cause : error
  const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : undefined
  const message = [error.message, code].filter(Boolean).join(': ')
  return {kind: hasBegun ? 'interrupted' : 'unreachable', message}
}
