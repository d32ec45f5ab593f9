import {type Present, printable} from '@omni-ops/core/cli'
import type {OperationOutput} from '@omni-ops/core/operation'
import type {query} from '../operations/query.ts'
import {placeOf} from './place.ts'

/** Sentences that are this much weaker than the best one are named, and not quoted. */
const weakShare = 0.6

export const present: Present<typeof query> = (output, terminal) =>
  describeAnswer(output, text => (terminal.colour.stdout ? `\u001B[2m${text}\u001B[0m` : text))

/** The answer, then where it comes from. An extract says that it is one; what is beside the point is dimmed. */
export function describeAnswer(output: OperationOutput<typeof query>, dim: (text: string) => string): string {
  const {answered, citations, kind, dropped_citations} = output
  if (!answered) return output.answer
  const placesOf = (some: typeof citations) => some.map(citation => `  [${citation.number}] ${placeOf(citation)}`)
  if (kind === 'extract') {
    const best = Math.max(...citations.map(({score}) => score))
    const strong = citations.filter(({score}) => score >= best * weakShare)
    const weak = citations.filter(({score}) => score < best * weakShare)
    const quotes = strong.map(({quote, number}) => `${onOneLine(quote)} [${number}]`)
    const others = weak.length > 0 ? [dim('See also:'), ...placesOf(weak)] : []
    return [...quotes, '', dim('Extract, verbatim from:'), ...placesOf(strong), ...others].join('\n')
  }
  const dropped =
    dropped_citations > 0
      ? [dim(`${dropped_citations} citations of the model were not in the documents and are left out`)]
      : []
  const truncated = output.truncated ? [dim('The answer was cut off by the limit on tokens')] : []
  // A model's text was streamed while it was written.
  const author = dim(`Written by ${output.model ?? 'a language model'} from:`)
  return ['', author, ...placesOf(citations), ...dropped, ...truncated].join('\n')
}

/** White space shown as a page would show it; table rows are padded with a lot of it. */
function onOneLine(quote: string): string {
  return printable(quote.replace(/\s+/g, ' ').trim())
}
