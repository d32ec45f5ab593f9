import type {Clock, Randomness} from './context.ts'

/** Randomness from the system; ids are UUID version 7 (RFC 9562, section 5.7) in the time of the given clock. */
export function systemRandomness(clock: Clock): Randomness {
  const bytes = (count: number) => crypto.getRandomValues(new Uint8Array(count))
  const {id} = pooledIdentifiers({bytes}, clock)
  return {bytes, id}
}

/** Identifiers for what comes by the thousand, such as requests. */
export interface Identifiers {
  /** A UUID version 7. */
  id(): string
  /** Random digits in hexadecimal. */
  hex(digits: number): string
}

/** As many bytes as are drawn at once for what is needed often. */
const poolBytes = 8 * 1024

/**
 * Draws in larger pieces from another source: asking the system costs as much for a byte as for thousands. For
 * identifiers, not for secrets, whose bytes should not lie in memory before they are used.
 */
export function pooledIdentifiers(source: Pick<Randomness, 'bytes'>, clock: Clock): Identifiers {
  let pool = ''
  let used = 0
  const hex = (digits: number) => {
    if (used + digits > pool.length) {
      pool = Buffer.from(source.bytes(poolBytes)).toString('hex')
      used = 0
    }
    used += digits
    return pool.slice(used - digits, used)
  }
  return {hex, id: () => uuidOf(clock.now().getTime(), hex(20))}
}

/** A UUID version 7 from milliseconds since 1970 and ten random bytes. */
export function uuidV7(milliseconds: number, random: Uint8Array): string {
  return uuidOf(milliseconds, Buffer.from(random).toString('hex'))
}

function uuidOf(milliseconds: number, hex: string): string {
  const time = milliseconds.toString(16).padStart(12, '0')
  const variant = '89ab'.charAt('0123456789abcdef'.indexOf(hex.charAt(3)) & 0x3)
  return `${time.slice(0, 8)}-${time.slice(8)}-7${hex.slice(0, 3)}-${variant}${hex.slice(4, 7)}-${hex.slice(7, 19)}`
}

export const systemClock: Clock = {
  now: () => new Date(),
  elapsed: () => performance.now(),
}
