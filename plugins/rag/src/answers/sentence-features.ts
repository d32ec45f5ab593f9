import type {Hit} from '../index/passage.ts'
import {ANSWER_TYPES, offeredTypes} from './answer-type.ts'
import type {SubjectPlace} from './definition.ts'
import {defines, isSubjectAlone} from './definition.ts'
import type {AnalysedQuestion, QuestionReading, Tokenizer} from './question.ts'
import {gramSimilarity, softGrams} from './question.ts'
import type {Sentence} from './sentences.ts'
import {sentences} from './sentences.ts'

/** The names of the features, in the order of the vectors and of the weights file. */
export const SENTENCE_FEATURES = [
  /**
   * Share of the question's idf that the sentence speaks of; for a table row with the names of its columns, for a list
   * item or a line of code with the sentence that announces it.
   */
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
  /** What the headings above add to the sentence's own. */
  'coverage_heading',
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
  /** It announces what follows: "Run this:". */
  'is_lead_in',
  /** The first sentence of its passage. */
  'is_first',
  /**
   * A definition is asked for and it gives one: it begins with the subject and says what that is (1), or is the first
   * under a heading that names the subject alone (½).
   */
  'defines',
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
 * All sentences of the hits with their features, and the definitions among those of further, lower hits: of a word that
 * stands nearly everywhere, the passage that defines it is seldom the one that has it most. Headings are context: they
 * count for the passage and are no candidates; nor are sentences that repeat the question.
 */
export function candidates(
  question: AnalysedQuestion,
  hits: readonly Hit[],
  tokenizer: Tokenizer,
  further: readonly Hit[] = [],
): Candidate[] {
  const scores = hits.map(hit => hit.score)
  const lowest = Math.min(...scores)
  const highest = Math.max(...scores)
  const read = (hit: Hit, rank: number): Candidate[] => {
    const passageScore = highest > lowest ? Math.max(0, (hit.score - lowest) / (highest - lowest)) : 1
    return candidatesOfHit(question, hit, rank, passageScore, tokenizer)
  }
  if (!asksDefinition(question)) return hits.flatMap(read)
  const definitions = further
    .flatMap((hit, at) => read(hit, hits.length + at))
    .filter(({features}) => features[SENTENCE_FEATURES.indexOf('defines')]! > 0)
  return [...hits.flatMap(read), ...definitions]
}

function asksDefinition({types}: AnalysedQuestion): boolean {
  return types.includes('definition')
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
  const above = matchTerms([...hit.headings, hit.title ?? ''].join(' '), hit, reading, tokenizer)
  const columns = matchTerms(hit.tableHeader ?? '', hit, reading, tokenizer)
  const passageCoverage = weigh(union([above, columns, ...matches.map(match => match.found)]), reading)
  const rarest = reading.terms.reduce((most, term, at) => (term.weight > reading.terms[most]!.weight ? at : most), 0)
  const local = localWeights(matches, reading)
  const contexts = contextsOf(hit.text, units)
  const defining = asksDefinition(question)
  const found: Candidate[] = []
  units.forEach((sentence, at) => {
    if (sentence.kind === 'heading') return
    const own = matches[at]!
    const {leadIn, heading} = contexts[at]!
    const spoken = union([own.found, matches[leadIn]?.found, sentence.kind === 'row' ? columns : undefined])
    const coverage = weigh(spoken, reading)
    const before = weigh(union([spoken, matches[at - 1]?.found]), reading)
    const near = weigh(union([spoken, matches[at - 1]?.found, matches[at + 1]?.found]), reading)
    const text = textOf(hit, sentence)
    if (question.isEchoedBy(text)) return
    const offered = offeredTypes(text, hit.language, question.words, question.types)
    if (sentence.kind === 'code' && question.types.includes('procedure')) offered.add('procedure')
    found.push({
      hit,
      rank,
      sentence,
      features: [
        coverage,
        coverage ** 2,
        weighLocally(spoken, local),
        before - coverage,
        near - before,
        weigh(union([spoken, above, matches[heading]?.found]), reading) - coverage,
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
        announces(text) ? 1 : 0,
        at === 0 ? 1 : 0,
        defining ? definitionShare(hit, units, matches, at) : 0,
        ...ANSWER_TYPES.map(type => (offered.has(type) ? 1 : 0)),
      ],
    })
  })
  return found
}

interface UnitContext {
  /** The unit which announces this one or names its columns, or -1. */
  readonly leadIn: number
  /** The heading above within the passage, or -1. */
  readonly heading: number
}

/** A lead-in announces the rows, items or lines of code that follow it, up to the first unit of another kind. */
function contextsOf(text: string, units: readonly Sentence[]): UnitContext[] {
  let leadIn = -1
  let heading = -1
  return units.map((unit, at) => {
    const {kind, block} = unit
    const previous = units[at - 1]
    if (previous && previous.kind !== kind && previous.kind !== 'heading' && at - 1 !== leadIn) leadIn = -1
    if (kind === 'row' && previous?.kind === 'heading' && previous.block === block) leadIn = at - 1
    if (kind === 'sentence') leadIn = -1
    const context = {leadIn, heading}
    if (kind === 'sentence' && announces(text.slice(unit.start, unit.end))) leadIn = at
    if (kind === 'heading' && units[at + 1]?.block !== block) {
      heading = at
      leadIn = -1
    }
    return context
  })
}

function announces(text: string): boolean {
  return /[:：]$/u.test(text)
}

interface UnitMatch {
  /** How well each question term is met, from 0 to 1. */
  readonly found: readonly number[]
  /** Where each question term was met, as the number of the unit's token, or -1. */
  readonly positions: readonly number[]
  readonly newWords: number
  /** Where its words stand, offsets from the unit's beginning, if all of them do. */
  readonly subject: SubjectPlace | undefined
}

/** How much a sentence looks like the definition of what is asked for: 1, ½ by the heading before it alone, or 0. */
function definitionShare(hit: Hit, units: readonly Sentence[], matches: readonly UnitMatch[], at: number): number {
  const text = textOf(hit, units[at]!)
  const {subject, newWords, found} = matches[at]!
  if (announces(text) || newWords === 0) return 0
  if (subject !== undefined && defines(text, hit.language, subject, found.length)) return 1
  const above = units[at - 1]
  const heading = above?.kind === 'heading' ? matches[at - 1]!.subject : undefined
  return heading !== undefined && isSubjectAlone(textOf(hit, above!), heading) ? 0.5 : 0
}

function textOf(hit: Hit, {start, end}: Sentence): string {
  return hit.text.slice(start, end)
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
    const spans = reading.terms.map(() => ({start: 0, end: 0}))
    let newWords = 0
    for (let place = 0; at < tokens.length && tokens[at]!.start < unit.end; at += 1, place += 1) {
      const token = tokens[at]!
      if (token.stop) continue
      const best = similar(token.term)
      if (best.similarity === 0) newWords += 1
      else if (best.similarity > found[best.index]!) {
        found[best.index] = best.similarity
        positions[best.index] = place
        spans[best.index] = {start: token.start - unit.start, end: token.end - unit.start}
      }
    }
    matched.push({found, positions, newWords, subject: subjectOf(found, positions, spans)})
  }
  return matched
}

function subjectOf(
  found: readonly number[],
  positions: readonly number[],
  spans: readonly {readonly start: number; readonly end: number}[],
): SubjectPlace | undefined {
  if (found.length === 0 || found.some(similarity => similarity < 1)) return undefined
  return {
    start: Math.min(...spans.map(({start}) => start)),
    end: Math.max(...spans.map(({end}) => end)),
    length: Math.max(...positions) - Math.min(...positions) + 1,
  }
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
