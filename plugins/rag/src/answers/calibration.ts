import type {Passage} from '../index/passage.ts'
import type {Findings} from './extract-answer.ts'
import {assess} from './extract-answer.ts'
import type {Tokenizer} from './question.ts'
import {seededRandom} from '../seeded-random.ts'
import {sentences} from './sentences.ts'

export interface CalibrationOptions {
  /** Made up from passages of the collection, by `pseudoQuestions`. */
  readonly questions: readonly PseudoQuestion[]
  /** Searches the collection for about thirty hits. */
  find(question: string): Promise<Findings>
  readonly tokenizer: Tokenizer
  readonly signal?: AbortSignal
}

/** What is stored with a collection. */
export interface Calibration {
  /** Refuse answers of a lower confidence. */
  readonly threshold: number
  /** How many questions were made up for it. */
  readonly questions: number
  /** Share of the made-up questions refused at the threshold though their passage is there, from 0 to 1. */
  readonly falseRefusals: number
  /** Share refused when their passage is taken away, from 0 to 1. */
  readonly trueRefusals: number
}

/** The threshold of a collection that is not calibrated or too small to be. */
export const DEFAULT_THRESHOLD = 0.15
const LOWEST_THRESHOLD = 0.1
const HIGHEST_THRESHOLD = 0.2

/** Fewer made-up questions say nothing. */
const FEWEST_QUESTIONS = 20
const MOST_QUESTIONS = 30
const HITS = 10
/** Passages this near in the same document often say the same and are taken away too. */
const SAME_PLACE = 3
const FEWEST_WORDS = 4
const MOST_WORDS = 7
/** One word in so many of a made-up question comes from elsewhere; 2 matches how people's questions fare on XQuAD. */
const FOREIGN_WORD_EVERY = 2
const FALSE_REFUSALS = 0.03
const TRUE_REFUSALS = 0.85

/**
 * Chooses the confidence below which answers from this collection are refused, without any labelled question.
 *
 * Questions are made up from sentences of the collection: some of a sentence's content words in their order, every
 * other one replaced by a word from elsewhere, because askers choose other words than authors. Each is asked twice:
 * of the whole collection, and of the collection without the place it comes from. The threshold is the lower of two:
 * the confidence that 85 % of the second kind stay under, and the one that all but 3 % of the first kind reach;
 * wrongly refusing is the worse fault. Deterministic: the same passages give the same threshold.
 *
 * @throws DOMException (AbortError) when the signal aborts.
 */
export async function calibrate(options: CalibrationOptions): Promise<Calibration> {
  const {questions} = options
  if (questions.length < FEWEST_QUESTIONS) {
    return {threshold: DEFAULT_THRESHOLD, questions: questions.length, falseRefusals: 0, trueRefusals: 0}
  }
  const present: number[] = []
  const absent: number[] = []
  // Where the work is given up early, nobody waits for the search that runs ahead.
  const search = (question: PseudoQuestion) => {
    const searching = options.find(question.text)
    searching.catch(() => undefined)
    return searching
  }
  let searching = search(questions[0]!)
  for (const [index, question] of questions.entries()) {
    options.signal?.throwIfAborted()
    const findings = await searching
    // The engine searches for the next question while this one is assessed, which takes as long.
    const next = questions[index + 1]
    if (next) searching = search(next)
    const elsewhere = findings.hits.filter(hit => !isSamePlace(hit, question.passage))
    present.push(confidence(options, question, findings))
    absent.push(confidence(options, question, {...findings, hits: elsewhere}))
  }
  const chosen = Math.min(quantile(present, FALSE_REFUSALS), quantile(absent, TRUE_REFUSALS))
  const threshold = Math.min(HIGHEST_THRESHOLD, Math.max(LOWEST_THRESHOLD, chosen))
  return {
    threshold,
    questions: questions.length,
    falseRefusals: shareBelow(present, threshold),
    trueRefusals: shareBelow(absent, threshold),
  }
}

function confidence({tokenizer}: CalibrationOptions, {text}: PseudoQuestion, findings: Findings): number {
  const hits = findings.hits.slice(0, HITS)
  // Made-up questions have words from elsewhere.
  return assess({...findings, hits, question: text, tokenizer, inOtherWords: true}).confidence
}

function quantile(values: readonly number[], share: number): number {
  const ordered = values.toSorted((left, right) => left - right)
  return ordered[Math.min(ordered.length - 1, Math.floor(share * ordered.length))]!
}

function shareBelow(values: readonly number[], threshold: number): number {
  return values.filter(value => value < threshold).length / values.length
}

function isSamePlace(hit: Passage, passage: Passage): boolean {
  return hit.documentId === passage.documentId && Math.abs(hit.ordinal - passage.ordinal) <= SAME_PLACE
}

/** A made-up question and the passage that answers it. */
export interface PseudoQuestion {
  readonly text: string
  readonly passage: Passage
}

/**
 * Makes up questions, about thirty or as many as there are passages to ask for.
 * @param passages of the collection, all or a sample; their order does not matter. The tokenizer knows their languages.
 */
export function pseudoQuestions(passages: readonly Passage[], tokenizer: Tokenizer): PseudoQuestion[] {
  const ordered = passages.toSorted((left, right) => (left.id < right.id ? -1 : left.id > right.id ? 1 : 0))
  const random = seededRandom(ordered.length)
  const sources = ordered.map(passage => ({passage, sentences: contentWords(passage, tokenizer)}))
  const usable = sources.filter(source => source.sentences.length > 0)
  const step = Math.max(1, usable.length / MOST_QUESTIONS)
  const made: PseudoQuestion[] = []
  for (let at = 0; at < usable.length; at += step) {
    const source = usable[Math.floor(at)]!
    const words = source.sentences[Math.floor(random() * source.sentences.length)]!
    const first = Math.floor(random() * Math.max(1, words.length - MOST_WORDS))
    const asked = words.slice(first, first + MOST_WORDS).map((word, place) => {
      if (place % FOREIGN_WORD_EVERY !== FOREIGN_WORD_EVERY - 1) return word
      const other = usable[Math.floor(random() * usable.length)]!
      const from = other.sentences[Math.floor(random() * other.sentences.length)]!
      return from[Math.floor(random() * from.length)]!
    })
    made.push({text: asked.join(' '), passage: source.passage})
  }
  return made
}

/** The content words of each sentence which has enough of them for a question. */
function contentWords(passage: Passage, tokenizer: Tokenizer): string[][] {
  const tokens = tokenizer.tokens(passage.text, passage.language).filter(token => !token.stop)
  return sentences(passage.text, passage.language)
    .filter(sentence => sentence.kind !== 'heading')
    .map(sentence =>
      tokens
        .filter(token => token.start >= sentence.start && token.end <= sentence.end)
        .map(token => passage.text.slice(token.start, token.end)),
    )
    .filter(words => words.length >= FEWEST_WORDS)
}
