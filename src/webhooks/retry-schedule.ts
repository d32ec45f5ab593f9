import type {Randomness} from '../operation/context.ts'

const second = 1000
const minute = 60 * second
const hour = 60 * minute

/**
 * Milliseconds from one attempt to the next: the schedule of Standard Webhooks 1.0, "Deliverability and reliability".
 * Ten attempts, the first at once, the last three days later.
 */
const delays = [
  5 * second,
  5 * minute,
  30 * minute,
  2 * hour,
  5 * hour,
  10 * hour,
  14 * hour,
  20 * hour,
  24 * hour,
] as const

export const mostAttempts = delays.length + 1

/** What a receiver may ask for at most with Retry-After. */
export const longestPause = 24 * hour

/** An endpoint to which nothing was delivered for so long is disabled. */
export const longestFailure = 5 * 24 * hour

/** As much longer a wait may be, so that what failed together does not come back together. */
const jitter = 0.2

/**
 * How long to wait after so many attempts that failed; undefined after the last.
 * @param asked what the receiver asked for with Retry-After, in milliseconds: never sooner
 */
export function delayAfter(
  failures: number,
  asked: number | undefined,
  random: Pick<Randomness, 'bytes'>,
): number | undefined {
  const delay = delays[failures - 1]
  if (delay === undefined) return undefined
  const share = (random.bytes(1)[0] ?? 0) / 255
  return Math.max(Math.round(delay * (1 + jitter * share)), Math.min(asked ?? 0, longestPause))
}
