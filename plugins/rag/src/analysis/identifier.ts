/**
 * Where a mixed-case or alphanumeric word comes apart: `camelCase` → camel|Case, `HTTPServer` → HTTP|Server,
 * `utf8` → utf|8. Letters without case never split.
 */
const humps = /(?<=\p{Ll})(?=\p{Lu})|(?<=\p{Lu})(?=\p{Lu}\p{Ll})|(?<=\p{L})(?=\p{Nd})|(?<=\p{Nd})(?=\p{L})/u

/** The parts of one word, in order; the word itself, alone, where it is of one piece. */
export function identifierParts(word: string): string[] {
  return word.split(humps)
}
