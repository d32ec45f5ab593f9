import {type Present, printable, printableName, type Terminal} from '@omni-ops/core/cli'
import type {OperationOutput} from '@omni-ops/core/operation'
import type {query} from '../operations/query.ts'
import {placeOf} from './place.ts'

/** Sentences that are this much weaker than the best one are named, and not quoted. */
const weakShare = 0.6

export const present: Present<typeof query> = (output, terminal) => {
  const text = describeAnswer(output, paintsOf(terminal))
  return output.context === null ? text : [text, '', describeContext(output.context, terminal)].join('\n')
}

/** What an answer shows, whoever asked for it. */
export type AnswerShown = Omit<OperationOutput<typeof query>, 'query'>

/** How what is beside the point, and what is to be noticed, is coloured. */
export interface Paints {
  readonly dim: (text: string) => string
  readonly warn: (text: string) => string
}

export function paintsOf({colour}: Pick<Terminal, 'colour'>): Paints {
  const paint = (code: string) => (text: string) => (colour.stdout ? `\u001B[${code}m${text}\u001B[0m` : text)
  return {dim: paint('2'), warn: paint('33')}
}

/** The answer, then where it comes from. An extract says that it is one. */
export function describeAnswer(output: AnswerShown, {dim, warn}: Paints): string {
  const {answered, citations, kind, dropped_citations} = output
  if (output.withdrawn) return `\n${warn('Withdrawn: nothing that this answer cites is in the documents.')}`
  if (!answered) return printable(output.answer)
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
  const author = dim(`Written by ${printableName(output.model ?? 'a language model')} from:`)
  const unsupported =
    output.unsupported.length > 0
      ? ['', warn('Not supported by the documents:'), ...output.unsupported.map(each => `  ! ${onOneLine(each)}`)]
      : []
  const links =
    output.removed_links > 0 ? [dim(`${output.removed_links} links that are not in the documents are left out`)] : []
  return ['', author, ...placesOf(citations), ...dropped, ...links, ...truncated, ...unsupported].join('\n')
}

/** The answer where nothing of it was streamed and nothing is coloured: the text of a model, then as `describeAnswer`. */
export function describeWholeAnswer(output: AnswerShown): string {
  const written = output.kind === 'generated' ? `${printable(output.answer)}\n` : ''
  return `${written}${describeAnswer(output, {dim: text => text, warn: text => text})}`
}

/** The passages that an answer was made from, in full. */
export function describeContext(passages: NonNullable<AnswerShown['context']>, terminal: Terminal): string {
  const {dim} = paintsOf(terminal)
  const blocks = passages.map((passage, at) => `${dim(`[${at + 1}] ${placeOf(passage)}`)}\n${printable(passage.text)}`)
  return [dim('Read for the answer:'), ...blocks].join('\n\n')
}

/** White space shown as a page would show it; table rows are padded with a lot of it. */
function onOneLine(quote: string): string {
  return printable(quote.replace(/\s+/g, ' ').trim())
}
