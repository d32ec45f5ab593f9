import type {Clock, Randomness} from './context.ts'

/** Randomness from the system; ids are UUID version 7 (RFC 9562, section 5.7) in the time of the given clock. */
export function systemRandomness(clock: Clock): Randomness {
  const bytes = (count: number) => crypto.getRandomValues(new Uint8Array(count))
  const {id} = pooledRandomness({bytes}, clock)
  return {bytes, id}
}

/** As much as is drawn at once for what is needed often. */
const poolBytes = 8 * 1024

/**
 * Draws in larger pieces from another source: asking the system costs as much for a byte as for thousands. For
 * identifiers, not for secrets, whose bytes should not lie in memory before they are used.
 */
export function pooledRandomness(source: Pick<Randomness, 'bytes'>, clock: Clock): Randomness {
  let pool = new Uint8Array(0)
  let used = 0
  const bytes = (count: number) => {
    if (used + count > pool.length) {
      pool = Uint8Array.from(source.bytes(Math.max(poolBytes, count)))
      used = 0
    }
    used += count
    return pool.slice(used - count, used)
  }
  return {bytes, id: () => uuidV7(clock.now().getTime(), bytes(10))}
}

/** Quicker than a Buffer for a few bytes, and there are several ids in every request. */
const hexOfByte = Array.from({length: 256}, (_, byte) => byte.toString(16).padStart(2, '0'))

/** A UUID version 7 from milliseconds since 1970 and ten random bytes. */
export function uuidV7(milliseconds: number, random: Uint8Array): string {
  const time = milliseconds.toString(16).padStart(12, '0')
  let hex = ''
  for (const byte of random) hex += hexOfByte[byte]!
  const variant = ((Number.parseInt(hex.charAt(3), 16) & 0x3) | 0x8).toString(16)
  return `${time.slice(0, 8)}-${time.slice(8)}-7${hex.slice(0, 3)}-${variant}${hex.slice(4, 7)}-${hex.slice(7, 19)}`
}

export const systemClock: Clock = {
  now: () => new Date(),
  elapsed: () => performance.now(),
}
