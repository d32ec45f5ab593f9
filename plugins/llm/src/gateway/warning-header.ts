import type {CompletionWarning} from '../model/completion-event.ts'

/** Longer lists are cut: a header is not a document. */
const mostWarnings = 16
/** Names are the client's own here and there, and a head of an answer is 16 kB at most for many readers. */
const longestKey = 64
const longestMessage = 200

/**
 * Warnings as a header: a dictionary of RFC 9651, `seed="the model has none", user="…"`. Undefined where there are none.
 */
export function warningHeader(warnings: readonly CompletionWarning[]): string | undefined {
  if (warnings.length === 0) return undefined
  const byKey = new Map(warnings.map(({parameter, message}) => [keyOf(parameter), `"${asciiOf(message)}"`]))
  return [...byKey]
    .slice(0, mostWarnings)
    .map(([key, message]) => `${key}=${message}`)
    .join(', ')
}

/** Keys are small letters, digits and `_-.*`, and begin with a letter or a star (RFC 9651, section 3.1.2). */
function keyOf(parameter: string): string {
  const key = parameter
    .slice(0, longestKey)
    .toLowerCase()
    .replaceAll(/[^a-z0-9_.*-]+/g, '-')
  return /^[a-z*]/.test(key) ? key : `*${key}`
}

/** Strings are printable ASCII, with `"` and `\` escaped (section 3.3.3). */
function asciiOf(text: string): string {
  return text
    .slice(0, longestMessage)
    .replaceAll(/[^\x20-\x7e]+/g, ' ')
    .replaceAll(/["\\]/g, '\\$&')
}
