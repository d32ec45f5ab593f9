/** What a person does not see and a model or browser reads: controls, marks of direction, zero-width signs, tags. */
const invisible = /[\p{Cc}\p{Cf}\p{Variation_Selector}\p{Zl}\p{Zp}]/gu

/**
 * Text on one line, of what a person sees, with at most so many UTF-16 code units; longer text ends at a word and in
 * `…`.
 */
export function plainText(text: string, most: number): string {
  const line = text.toWellFormed().replaceAll(invisible, ' ').replaceAll(/\s+/gu, ' ').trim()
  if (line.length <= most) return line
  // Half of a character that takes two units is none.
  const cut = line.slice(0, most - 1).replace(/[\ud800-\udbff]$/, '')
  const end = cut.lastIndexOf(' ')
  return `${(end > most / 2 ? cut.slice(0, end) : cut).trimEnd()}…`
}
