import {stripVTControlCharacters} from 'node:util'

/**
 * Text from a file, a server or a model as a terminal may show it: without escape sequences and control characters,
 * which could retitle the window, move the cursor or answer in the person's name. Line feeds and tabs stay.
 */
export function printable(text: string): string {
  return stripVTControlCharacters(text).replaceAll(/[^\P{Cc}\n\t]/gu, '')
}
