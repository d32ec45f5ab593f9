import type {Hit} from '../index/passage.ts'
import type {Citation, ExtractedAnswer} from './answer.ts'
import {cite} from './citation.ts'
import {confidenceFeatures, confidenceOf, withoutMissingWords} from './confidence.ts'
import type {AnalysedQuestion, TermStatistics, Tokenizer} from './question.ts'
import {analyseQuestion} from './question.ts'
import {candidates} from './sentence-features.ts'
import type {RankedSentence} from './sentence-ranker.ts'
import {rankSentences} from './sentence-ranker.ts'

/** What a search found for a question. */
export interface Findings {
  /** Best first; ten are enough. */
  readonly hits: readonly Hit[]
  /** The languages the question may be in, the likeliest first; those of the hits where there are none. */
  readonly languages: readonly string[]
  /** Of the question's terms, as `questionTerms` gives them for the languages of the hits. */
  readonly statistics: TermStatistics
  /**
   * Whether the passages need not have the question's words: they were found by their meaning, too, and the question may
   * be in another language.
   */
  readonly inOtherWords?: boolean
}

export interface ExtractOptions extends Findings {
  readonly question: string
  /** Lower hits, of which nothing but definitions is quoted. */
  readonly further?: readonly Hit[]
  /** Prepared for the languages and for those of the hits. */
  readonly tokenizer: Tokenizer
  /** Refuse below this confidence; by default nothing that has a candidate is refused. */
  readonly threshold?: number
  /** The most sentences to quote. */
  readonly limit?: number
}

/** What the choice of an extract rests on, for calibration and training. */
export interface Assessment {
  readonly question: AnalysedQuestion
  /** Best first. */
  readonly ranked: readonly RankedSentence[]
  readonly confidence: number
}

const MOST_SENTENCES = 3
/** Further sentences are left out once those chosen hold the answer with this probability. */
const SURE = 0.99

/**
 * Answers a question with sentences of the documents, word for word, the likeliest first.
 *
 * @returns `answered: false` where the passages found do not answer the question with the confidence asked for.
 * @throws RangeError if the tokenizer is not prepared for a language of the hits.
 */
export function extractAnswer(options: ExtractOptions): ExtractedAnswer {
  const threshold = options.threshold ?? 0
  const {ranked, confidence} = assess(options)
  const citations = choose(ranked, options.limit ?? MOST_SENTENCES)
  const base = {kind: 'extract', confidence, threshold} as const
  if (citations.length === 0 || confidence < threshold) {
    const nearest = citations[0]
    return {...base, answered: false, answer: '', citations: [], ...(nearest === undefined ? {} : {nearest})}
  }
  return {...base, answered: true, answer: citations.map(citation => citation.quote).join('\n'), citations}
}

/** Ranks the sentences of the hits and estimates whether they answer the question at all. */
export function assess(options: Omit<ExtractOptions, 'threshold' | 'limit'>): Assessment {
  const {hits, tokenizer, statistics} = options
  const languages = options.languages.length > 0 ? options.languages : hits.map(hit => hit.language)
  const question = analyseQuestion(options.question, [...new Set(languages)], tokenizer, statistics)
  const found = candidates(question, hits, tokenizer, options.further)
  const ranked = rankSentences(found)
  const best = ranked[0]
  if (best === undefined || question.reading(best.hit.language).terms.length === 0) {
    return {question, ranked, confidence: 0}
  }
  const confidence = confidenceOf(confidenceFeatures(question, found, best))
  if (options.inOtherWords) return {question, ranked, confidence}
  return {question, ranked, confidence: withoutMissingWords(confidence, question, found, best)}
}

/** The likeliest sentences; the same words from another place (a copy of the document) add nothing. */
function choose(ranked: readonly RankedSentence[], limit: number): Citation[] {
  const chosen: Citation[] = []
  const seen = new Set<string>()
  let probability = 0
  for (const {hit, sentence, probability: own} of ranked) {
    if (chosen.length >= limit || probability >= SURE) break
    probability += own
    const citation = cite(hit, sentence.start, sentence.end, own)
    const words = citation.quote.replace(/\s+/gu, ' ').toLowerCase()
    if (seen.has(words)) continue
    seen.add(words)
    chosen.push(citation)
  }
  return chosen
}
