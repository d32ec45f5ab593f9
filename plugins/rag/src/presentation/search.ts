import {type Present, printable, printableName} from '@omni-ops/core/cli'
import type {search} from '../operations/search.ts'
import {excerptOf} from './excerpt.ts'
import {placeOf} from './place.ts'

const excerptLines = 3

/** Passages for a person: place, headings, and the part that fits the query. Elsewhere than on a terminal: rows. */
export const present: Present<typeof search> = (output, terminal) => {
  if (!terminal.stdout.isTerminal) return undefined
  if (output.results.length === 0) return `No passage of "${printableName(output.collection)}" matches.`
  const bold = (text: string) => (terminal.colour.stdout ? `\u001B[1m${text}\u001B[0m` : text)
  const dim = (text: string) => (terminal.colour.stdout ? `\u001B[2m${text}\u001B[0m` : text)
  return output.results
    .map((result, index) => {
      const headings = result.headings.length > 0 ? `  ${dim(printableName(result.headings.join(' › ')))}` : ''
      const width = Math.max(20, terminal.stdout.columns - 4)
      return [
        `${index + 1}. ${bold(placeOf(result))}  ${dim(result.score.toFixed(3))}${headings}`,
        `   ${printable(excerptOf(result.text, output.query, width * excerptLines))}`,
      ].join('\n')
    })
    .join('\n\n')
}
