const none: readonly RegExpExecArray[] = []

/**
 * Every match of a global pattern that matches no empty text. As `matchAll` gives them, which makes a new regular expression at
 * each call: too slow for the cells of a table.
 */
export function matches(pattern: RegExp, text: string): readonly RegExpExecArray[] {
  pattern.lastIndex = 0
  let match = pattern.exec(text)
  if (!match) return none
  const found: RegExpExecArray[] = []
  for (; match; match = pattern.exec(text)) found.push(match)
  return found
}
