import type {Hit} from '../index/passage.ts'
import {ANSWER_TYPES, offeredTypes} from './answer-type.ts'
import type {AnalysedQuestion, QuestionReading, Tokenizer} from './question.ts'
import {gramSimilarity, softGrams} from './question.ts'
import type {Sentence} from './sentences.ts'
import {sentences} from './sentences.ts'

/** The names of the features, in the order of the vectors and of the weights file. */
export const SENTENCE_FEATURES = [
  /** Share of the question's idf that the sentence speaks of. */
  'coverage',
  /** Its square: two halves of a question in two sentences are less than the whole in one. */
  'coverage_squared',
  /**
   * Coverage within the passage's own sentences: a word that every sentence of it has tells none from another.
   */
  'coverage_local',
  /** What the sentence before adds to that: it often names what this one calls "it". */
  'coverage_before',
  /** What the sentence after adds to both. */
  'coverage_after',
  /** Share of the question's idf in the passage with its headings. */
  'coverage_passage',
  /** The passage's score between the lowest (0) and highest (1) of the hits. */
  'passage_score',
  /** 1 / rank of the passage. */
  'passage_reciprocal_rank',
  /** Share of the question's neighbouring word pairs which are near each other in the sentence. */
  'adjacency',
  /** Weight of the rarest question word, if the sentence has it. */
  'rarest_term',
  /** The passage is in the question's language. */
  'same_language',
  /** ln(1 + words which the question does not have). */
  'new_words',
  /** The sentence asks instead of answering. */
  'is_question',
  'is_item',
  'is_row',
  'is_code',
  /** The first sentence of its passage. */
  'is_first',
  ...ANSWER_TYPES.map(type => `offers_${type}` as const),
] as const

export type SentenceFeature = (typeof SENTENCE_FEATURES)[number]

/** A sentence that could be quoted, with its features. */
export interface Candidate {
  readonly hit: Hit
  /** Position of the hit, from 0. */
  readonly rank: number
  readonly sentence: Sentence
  /** Values in the order of `SENTENCE_FEATURES`. */
  readonly features: readonly number[]
}

/** A soft match below this is taken for chance: measured on inflected pairs, unrelated words stay under it. */
const LEAST_SIMILARITY = 0.5
/** Question words this close to each other in the sentence count as neighbours. */
const NEAR = 3

/**
 * All sentences of the hits with their features. Headings are context: they count for the passage and are no
 * candidates.
 */
export function candidates(question: AnalysedQuestion, hits: readonly Hit[], tokenizer: Tokenizer): Candidate[] {
  const scores = hits.map(hit => hit.score)
  const lowest = Math.min(...scores)
  const highest = Math.max(...scores)
  return hits.flatMap((hit, rank) => {
    const passageScore = highest > lowest ? (hit.score - lowest) / (highest - lowest) : 1
    return candidatesOfHit(question, hit, rank, passageScore, tokenizer)
  })
}

function candidatesOfHit(
  question: AnalysedQuestion,
  hit: Hit,
  rank: number,
  passageScore: number,
  tokenizer: Tokenizer,
): Candidate[] {
  const reading = question.reading(hit.language)
  const units = sentences(hit.text, hit.language)
  const matches = matchUnits(hit, units, reading, tokenizer)
  const context = matchTerms(
    [...hit.headings, hit.tableHeader ?? '', hit.title ?? ''].join(' '),
    hit,
    reading,
    tokenizer,
  )
  const passage = union([context, ...matches.map(match => match.found)])
  const passageCoverage = weigh(passage, reading)
  const rarest = reading.terms.reduce((most, term, at) => (term.weight > reading.terms[most]!.weight ? at : most), 0)
  const local = localWeights(matches, reading)
  const found: Candidate[] = []
  units.forEach((sentence, at) => {
    if (sentence.kind === 'heading') return
    const own = matches[at]!
    const coverage = weigh(own.found, reading)
    const before = weigh(union([own.found, matches[at - 1]?.found]), reading)
    const near = weigh(union([own.found, matches[at - 1]?.found, matches[at + 1]?.found]), reading)
    const text = hit.text.slice(sentence.start, sentence.end)
    const offered = offeredTypes(text, hit.language, question.words, question.types)
    found.push({
      hit,
      rank,
      sentence,
      features: [
        coverage,
        coverage ** 2,
        weighLocally(own.found, local),
        before - coverage,
        near - before,
        passageCoverage,
        passageScore,
        1 / (rank + 1),
        adjacency(own.positions, reading),
        (own.found[rarest] ?? 0) * (reading.terms[rarest]?.weight ?? 0),
        hit.language === question.language ? 1 : 0,
        Math.log(1 + own.newWords),
        /[?？]\s*["'»”’)\]]*$/u.test(text) ? 1 : 0,
        sentence.kind === 'item' ? 1 : 0,
        sentence.kind === 'row' ? 1 : 0,
        sentence.kind === 'code' ? 1 : 0,
        at === 0 ? 1 : 0,
        ...ANSWER_TYPES.map(type => (offered.has(type) ? 1 : 0)),
      ],
    })
  })
  return found
}

interface UnitMatch {
  /** How well each question term is met, from 0 to 1. */
  readonly found: readonly number[]
  /** Where each question term was met, as the number of the unit's token, or -1. */
  readonly positions: readonly number[]
  readonly newWords: number
}

function matchUnits(hit: Hit, units: readonly Sentence[], reading: QuestionReading, tokenizer: Tokenizer): UnitMatch[] {
  const tokens = tokenizer.tokens(hit.text, hit.language)
  const similar = softMatcher(reading)
  const matched: UnitMatch[] = []
  let at = 0
  for (const unit of units) {
    while (at < tokens.length && tokens[at]!.start < unit.start) at += 1
    const found = reading.terms.map(() => 0)
    const positions = reading.terms.map(() => -1)
    let newWords = 0
    for (let place = 0; at < tokens.length && tokens[at]!.start < unit.end; at += 1, place += 1) {
      const token = tokens[at]!
      if (token.stop) continue
      const best = similar(token.term)
      if (best.similarity === 0) newWords += 1
      else if (best.similarity > found[best.index]!) {
        found[best.index] = best.similarity
        positions[best.index] = place
      }
    }
    matched.push({found, positions, newWords})
  }
  return matched
}

function matchTerms(text: string, hit: Hit, reading: QuestionReading, tokenizer: Tokenizer): number[] {
  const similar = softMatcher(reading)
  const found = reading.terms.map(() => 0)
  for (const token of tokenizer.tokens(text, hit.language)) {
    const best = similar(token.term)
    if (best.similarity > (found[best.index] ?? 1)) found[best.index] = best.similarity
  }
  return found
}

/** Finds the question term that a word is, or is an inflection of; remembers what it found. */
function softMatcher(
  reading: QuestionReading,
): (term: string) => {readonly index: number; readonly similarity: number} {
  const known = new Map<string, {index: number; similarity: number}>()
  reading.terms.forEach((term, index) => {
    known.set(term.term, {index, similarity: 1})
  })
  return term => {
    let best = known.get(term)
    if (best) return best
    best = {index: 0, similarity: 0}
    const grams = softGrams(term)
    reading.terms.forEach((asked, index) => {
      const similarity = gramSimilarity(asked.grams, grams)
      if (similarity >= LEAST_SIMILARITY && similarity > best!.similarity) best = {index, similarity}
    })
    known.set(term, best)
    return best
  }
}

function union(parts: readonly (readonly number[] | undefined)[]): number[] {
  const whole: number[] = []
  for (const part of parts) {
    part?.forEach((value, at) => {
      whole[at] = Math.max(whole[at] ?? 0, value)
    })
  }
  return whole
}

function weigh(found: readonly number[], reading: QuestionReading): number {
  return reading.terms.reduce((sum, term, at) => sum + term.weight * (found[at] ?? 0), 0)
}

/** Idf of each question term over the sentences of one passage, times its weight in the collection; adds up to 1. */
function localWeights(matches: readonly UnitMatch[], reading: QuestionReading): number[] {
  const weights = reading.terms.map((term, at) => {
    const having = matches.filter(match => match.found[at]! > 0).length
    return having === 0 ? 0 : term.weight * Math.log(1 + (matches.length - having + 0.5) / (having + 0.5))
  })
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  return weights.map(weight => (total > 0 ? weight / total : 0))
}

function weighLocally(found: readonly number[], weights: readonly number[]): number {
  return weights.reduce((sum, weight, at) => sum + weight * (found[at] ?? 0), 0)
}

/** Of the question's pairs of neighbouring content words, the share that stands together in the sentence as well. */
function adjacency(positions: readonly number[], reading: QuestionReading): number {
  const ordered = reading.terms.map((term, at) => ({asked: term.position, met: positions[at]!, weight: term.weight}))
  ordered.sort((left, right) => left.asked - right.asked)
  let total = 0
  let near = 0
  for (let at = 1; at < ordered.length; at += 1) {
    const left = ordered[at - 1]!
    const right = ordered[at]!
    if (right.asked - left.asked > NEAR) continue
    const weight = left.weight + right.weight
    total += weight
    if (left.met >= 0 && right.met >= 0 && Math.abs(right.met - left.met) <= NEAR) near += weight
  }
  return total > 0 ? near / total : 0
}
