import type {LanguageModel} from '@omni-ops/core/llm'
import * as z from 'zod'
import {generateAnswer} from '../answers/generate-answer.ts'
import {fencedPassages} from '../answers/prompt.ts'
import {findQuote} from '../answers/quote-match.ts'
import type {Hit, Passage} from '../index/passage.ts'
import {containsAnswer, normalisedAnswer} from './answer-normalisation.ts'

/** A line of a file of questions, to be looked at by a person before it judges anything. */
export interface DraftedQuestion {
  readonly id: string
  readonly question: string
  readonly answerable: boolean
  readonly answers?: string[]
  readonly source?: string
  readonly page?: number
  readonly quote?: string
  /** The passage it was made of, by which the next run knows what is done. */
  readonly passage: string
  readonly reviewed: false
}

/** Why a model's drafts were left out. */
export interface Discarded {
  /** No JSON of the form that was asked for. */
  malformed: number
  /** The quote is not in the passage, or the answer not in the quote. */
  unproved: number
  /** Says what another question says. */
  duplicate: number
  /** Was to be unanswerable, and the documents answer it. */
  answerable: number
}

export interface DraftOptions {
  readonly model: LanguageModel
  readonly signal: AbortSignal
  /** Searches the collection. */
  find(question: string): Promise<readonly Hit[]>
}

const Draft = z.object({
  question: z.string().trim().min(8).max(500),
  answer: z.string().trim().min(1).max(300).optional(),
  quote: z.string().trim().min(1).max(1_000).optional(),
  answerable: z.boolean(),
})

const MAX_TOKENS = 1_500
/** Two questions with this share of common words (Jaccard) ask the same. */
const SAME_WORDS = 0.8

/**
 * Lets a model draft questions to one passage: some that it answers, and one on its subject that it does not. What is
 * kept is proved: a quote stands in the passage word for word, the answer stands in the quote, no other question says
 * the same, and an unanswerable question was refused by the model with the best passages of the collection before it.
 */
export async function draftQuestions(
  passage: Passage,
  known: readonly string[],
  options: DraftOptions,
): Promise<{questions: DraftedQuestion[]; discarded: Discarded}> {
  const discarded: Discarded = {malformed: 0, unproved: 0, duplicate: 0, answerable: 0}
  const questions: DraftedQuestion[] = []
  const asked = known.map(wordsOf)
  for (const line of (await write(passage, options)).split('\n')) {
    const draft = read(line)
    if (draft === undefined) continue
    if (draft === 'malformed') discarded.malformed += 1
    else if (asked.some(other => overlap(other, wordsOf(draft.question)) >= SAME_WORDS)) discarded.duplicate += 1
    else {
      const checked = draft.answerable
        ? proved(draft, passage, questions.length)
        : await unanswered(draft.question, passage, questions.length, options)
      if (typeof checked === 'string') discarded[checked] += 1
      else {
        questions.push(checked)
        asked.push(wordsOf(draft.question))
      }
    }
  }
  return {questions, discarded}
}

async function write(passage: Passage, {model, signal}: DraftOptions): Promise<string> {
  const {passages, rule} = fencedPassages([{...passage, score: 0, coverage: 0}], [])
  const system = [
    'You write questions that test how well a program answers from documents.',
    '',
    rule,
    '',
    'Write two questions that the passage answers and that a reader who has never seen it could ask, in other words',
    'than its own, in its language; and one question on its subject which it does not answer. One JSON object a line:',
    '{"question": "…", "answerable": true, "answer": "the shortest answer, copied", "quote": "the sentence with it, copied"}',
    '{"question": "…", "answerable": false}',
    'No question says "the passage" or "the document". Write nothing else.',
  ].join('\n')
  let text = ''
  for await (const event of model.stream({
    system,
    messages: [{role: 'user', content: passages.join('\n')}],
    maxTokens: MAX_TOKENS,
    signal,
  })) {
    if (event.type === 'text') text += event.text
  }
  return text
}

function read(line: string): z.output<typeof Draft> | 'malformed' | undefined {
  const trimmed = line.trim()
  // Models put fences and lists around what they are asked for.
  if (trimmed === '' || /^(?:`{3}\w*|\[|\])$/u.test(trimmed)) return undefined
  try {
    const parsed = Draft.safeParse(JSON.parse(trimmed.replace(/,$/u, '')))
    return parsed.success ? parsed.data : 'malformed'
  } catch {
    return 'malformed'
  }
}

function proved(
  {question, answer, quote}: z.output<typeof Draft>,
  passage: Passage,
  number: number,
): DraftedQuestion | 'unproved' {
  const span = quote === undefined ? undefined : findQuote(passage.text, quote)
  if (!span || answer === undefined) return 'unproved'
  const verbatim = passage.text.slice(span.start, span.end)
  if (!containsAnswer(verbatim, [answer])) return 'unproved'
  return {
    id: `${passage.id}-${number + 1}`,
    question,
    answerable: true,
    answers: [answer],
    source: passage.source,
    // A passage may go over pages; the quote tells where it is well enough.
    ...(passage.page === undefined || passage.pageBreaks?.length ? {} : {page: passage.page}),
    quote: verbatim,
    passage: passage.id,
    reviewed: false,
  }
}

async function unanswered(
  question: string,
  passage: Passage,
  number: number,
  {model, signal, find}: DraftOptions,
): Promise<DraftedQuestion | 'answerable'> {
  const {answered} = await generateAnswer({question, hits: await find(question), model, signal})
  if (answered) return 'answerable'
  return {id: `${passage.id}-${number + 1}`, question, answerable: false, passage: passage.id, reviewed: false}
}

function wordsOf(question: string): ReadonlySet<string> {
  return new Set(normalisedAnswer(question).split(' '))
}

function overlap(one: ReadonlySet<string>, other: ReadonlySet<string>): number {
  const common = one.intersection(other).size
  return common / (one.size + other.size - common)
}
