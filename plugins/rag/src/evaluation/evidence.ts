import {findQuote} from '../answers/quote-match.ts'
import type {Passage} from '../index/passage.ts'
import type {Grades} from './metrics.ts'
import type {Evidence} from './question-set.ts'

/** Whether an ingested source is the one that a question names: the same, or below another directory. */
export function isSameSource(ingested: string, named: string): boolean {
  return ingested === named || ingested.endsWith(`/${named}`)
}

/** Whether a passage is what a question names as evidence. */
export function isEvidence(passage: Passage, {source, page, quote}: Evidence): boolean {
  if (!isSameSource(passage.source, source)) return false
  if (page !== undefined && !holdsPage(passage, page)) return false
  return quote === undefined || findQuote(passage.text, quote) !== undefined
}

function holdsPage({page: first, pageBreaks}: Passage, page: number): boolean {
  return first !== undefined && page >= first && page <= first + (pageBreaks?.length ?? 0)
}

/**
 * A ranked list of passages as the measures take it: each piece of evidence stands where the first passage that holds
 * it does. What is no evidence counts once for each document where the evidence names documents, and for each passage
 * where it names places in them.
 */
export function rankedEvidence(
  passages: readonly Passage[],
  evidence: readonly Evidence[],
): {ranked: string[]; grades: Grades} {
  const precise = evidence.some(({page, quote}) => page !== undefined || quote !== undefined)
  const ranked = new Set<string>()
  for (const passage of passages) {
    const held = evidence.flatMap((each, at) => (isEvidence(passage, each) ? [`evidence ${at}`] : []))
    for (const key of held.length > 0 ? held : [precise ? passage.id : passage.source]) ranked.add(key)
  }
  return {ranked: [...ranked], grades: new Map(evidence.map((_, at) => [`evidence ${at}`, 1]))}
}
