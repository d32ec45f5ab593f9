import {type Present, printable} from '@omni-ops/core/cli'
import type {query} from '../operations/query.ts'
import {placeOf} from './place.ts'

/** The answer, then where it comes from. An extract says that it is one. */
export const present: Present<typeof query> = (output, terminal) => {
  const dim = (text: string) => (terminal.colour.stdout ? `\u001B[2m${text}\u001B[0m` : text)
  if (!output.answered) return output.answer
  const places = output.citations.map(citation => `  [${citation.number}] ${placeOf(citation)}`)
  if (output.kind === 'extract') {
    const quotes = output.citations.map(citation => `${onOneLine(citation.quote)} [${citation.number}]`)
    return [...quotes, '', dim('Extract, verbatim from:'), ...places].join('\n')
  }
  const dropped =
    output.dropped_citations > 0
      ? [dim(`${output.dropped_citations} citations of the model were not in the documents and are left out`)]
      : []
  // A model's text was streamed while it was written.
  return ['', dim(`Written by ${output.model ?? 'a language model'} from:`), ...places, ...dropped].join('\n')
}

/** White space shown as a page would show it; table rows are padded with a lot of it. */
function onOneLine(quote: string): string {
  return printable(quote.replace(/\s+/g, ' ').trim())
}
