import {InvalidInputError} from '@omni-ops/core/operation'

/** A place in a list, opaque to the caller. */
export function encodeCursor(after: string): string {
  return Buffer.from(JSON.stringify({after})).toString('base64url')
}

/** Throws InvalidInputError for anything that `encodeCursor` did not make. */
export function decodeCursor(cursor: string): string {
  try {
    const {after} = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')) as {after?: unknown}
    if (typeof after === 'string') return after
  } catch {
    // Told below, like every other thing that is no cursor.
  }
  throw new InvalidInputError('cursor is not one that an earlier list returned', {hint: 'start without a cursor'})
}
