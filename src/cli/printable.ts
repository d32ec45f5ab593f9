import {stripVTControlCharacters} from 'node:util'

/** Embeddings, overrides and isolates of https://www.unicode.org/reports/tr9/: they show text in another order than it has. */
const reordering = /[\u202A-\u202E\u2066-\u2069]/gu

/**
 * Text from a file, a server or a model as a terminal may show it: without escape sequences and control characters,
 * which could retitle the window, move the cursor or answer in the person's name, and without what would show
 * `txt.exe` as `exe.txt`. Line feeds and tabs stay.
 */
export function printable(text: string): string {
  return stripVTControlCharacters(text)
    .replaceAll(/[^\P{Cc}\n\t]/gu, '')
    .replaceAll(reordering, '')
}

/** A name as it stands in a line with others: printable, and never a line of its own. */
export function printableName(text: string): string {
  return printable(text).replaceAll(/[\n\t\u2028\u2029]+/gu, ' ')
}
