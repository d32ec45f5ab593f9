import {createHash} from 'node:crypto'

/**
 * A name for a text of any length and any characters, in letters that every service takes: 128 bits of its SHA-256.
 * Services are filtered by these, so that no id, source or metadata of a user becomes part of a query.
 */
export function opaqueName(text: string): string {
  return createHash('sha256').update(text.toWellFormed(), 'utf8').digest('base64url').slice(0, 22)
}
