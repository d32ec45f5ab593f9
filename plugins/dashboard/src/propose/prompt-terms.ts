import type {Catalogue} from '../catalogue/catalogue.ts'
import type {DashboardSpec, Grain} from '../spec/dashboard-spec.ts'
import type {NamedValue} from './named-values.ts'
import {wordsOf} from './words.ts'

/** Words of a prompt that are a metric's or dimension's title or name. One of what they may stand for has to be shown. */
export interface Mention {
  readonly words: string
  readonly metrics: readonly string[]
  readonly dimensions: readonly string[]
}

/** What a prompt says in words that leave no choice. */
export interface PromptTerms {
  readonly mentions: readonly Mention[]
  readonly grains: readonly Grain[]
  /** `last 90 days`. */
  readonly period: DashboardSpec['period'] | undefined
  /** The only values that filters may have. */
  readonly values: readonly NamedValue[]
  /** Whether something is to be left out, so that a filter may exclude. */
  readonly excludes: boolean
}

/** Reads a prompt by the words of a catalogue. English; what it does not understand is left to the model. */
export function promptTerms(prompt: string, catalogue: Catalogue, values: readonly NamedValue[]): PromptTerms {
  const text = prompt.normalize('NFKC').toLowerCase()
  return {
    mentions: mentionsIn(wordsOf(prompt), catalogue),
    grains: grainsIn(text),
    period: periodIn(text),
    values,
    excludes: /\b(without|except|excluding|exclude|not|no|but|other than)\b/.test(text),
  }
}

interface Phrase {
  readonly words: readonly string[]
  readonly metrics: Set<string>
  readonly dimensions: Set<string>
}

/** The longest phrase at each place: `refund rate` is no mention of refunds. */
export function mentionsIn(
  words: readonly string[],
  {metrics, dimensions}: Pick<Catalogue, 'metrics' | 'dimensions'>,
): readonly Mention[] {
  const phrases = phrasesOf(metrics, dimensions)
  const mentions = new Map<string, Mention>()
  for (let at = 0; at < words.length;) {
    const found = phrases.find(phrase => phrase.words.every((word, offset) => words[at + offset] === word))
    if (found === undefined) {
      at += 1
      continue
    }
    // `revenue by customer` asks for no number of customers.
    const isTold = found.dimensions.size > 0 && /^(by|per|each|every|across)$/.test(words[at - 1] ?? '')
    const mention = {
      words: found.words.join(' '),
      metrics: isTold ? [] : [...found.metrics],
      dimensions: [...found.dimensions],
    }
    mentions.set(JSON.stringify([mention.words, isTold]), mention)
    at += found.words.length
  }
  return [...mentions.values()]
}

function phrasesOf(metrics: Catalogue['metrics'], dimensions: Catalogue['dimensions']): readonly Phrase[] {
  const phrases = new Map<string, Phrase>()
  const add = (text: string, kind: 'metrics' | 'dimensions', name: string) => {
    const words = wordsOf(text)
    if (words.length === 0) return
    const key = words.join(' ')
    const phrase = phrases.get(key) ?? {words, metrics: new Set(), dimensions: new Set()}
    phrase[kind].add(name)
    phrases.set(key, phrase)
  }
  for (const [kind, entries] of [
    ['metrics', metrics],
    ['dimensions', dimensions],
  ] as const) {
    for (const [name, {title}] of Object.entries(entries)) {
      add(title, kind, name)
      add(name.replaceAll('_', ' '), kind, name)
    }
  }
  return [...phrases.values()].toSorted((one, other) => other.words.length - one.words.length)
}

const grainWords: readonly (readonly [RegExp, Grain])[] = [
  [/\bhourly\b|\b(?:by|per|each|every) (?:the )?hour\b/, 'hour'],
  [/\bdaily\b|\b(?:by|per|each|every) (?:the )?day\b/, 'day'],
  [/\bweekly\b|\b(?:by|per|each|every) (?:the )?week\b/, 'week'],
  [/\bmonthly\b|\b(?:by|per|each|every) (?:the )?month\b/, 'month'],
]

const grainsIn = (text: string) => grainWords.filter(([pattern]) => pattern.test(text)).map(([, grain]) => grain)

function periodIn(text: string): DashboardSpec['period'] | undefined {
  const found = /\b(?:last|past|previous|recent)\s+(\d{1,3})\s+(day|week|month|year)s?\b/.exec(text)
  if (found === null) return undefined
  const count = Number(found[1])
  if (count === 0) return undefined
  if (found[2] === 'year') return count > 80 ? undefined : {unit: 'month', count: count * 12}
  return {unit: found[2] as 'day' | 'week' | 'month', count}
}
