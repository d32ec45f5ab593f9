import {existsSync, readFileSync} from 'node:fs'
import {join} from 'node:path'

/** Where the shared sets lie; see docs/rag-answers.md. They are measured on and never committed. */
export const sharedData = process.env.OMNI_SHARED_DATA ?? join(import.meta.dirname, '../../../shared/data')

export interface SetDocument {
  readonly id: string
  readonly text: string
  readonly title: string
  readonly language: string
  /** Documents of one group tell of the same subject: paragraphs of one article, and its translations. */
  readonly group: number
}

export interface SetQuestion {
  readonly id: string
  readonly text: string
  /** The document which answers it. */
  readonly gold: string
  readonly group: number
  readonly answers: readonly string[]
}

export interface AnswerSet {
  readonly language: string
  readonly documents: readonly SetDocument[]
  readonly questions: readonly SetQuestion[]
}

export const XQUAD_LANGUAGES = ['en', 'de', 'ro', 'tr'] as const

/** XQuAD keeps the paragraphs of an article together, five of each of its 48 articles. */
const PARAGRAPHS_PER_ARTICLE = 5

/** @returns undefined where the shared data is missing. */
export function loadXquad(language: string): AnswerSet | undefined {
  const directory = join(sharedData, 'rag', `xquad-${language}`)
  if (!existsSync(directory)) return undefined
  const documents = jsonLines<{_id: string; title: string; text: string}>(join(directory, 'corpus.jsonl')).map(
    ({_id: id, text, title}, at) => ({
      id: `${language}/${id}`,
      text,
      title,
      language,
      group: Math.floor(at / PARAGRAPHS_PER_ARTICLE),
    }),
  )
  const groups = new Map(documents.map(document => [document.id, document.group]))
  const gold = new Map(
    readFileSync(join(directory, 'qrels.tsv'), 'utf8')
      .trim()
      .split('\n')
      .slice(1)
      .map(line => line.split('\t') as [string, string]),
  )
  type Question = {_id: string; text: string; metadata: {answers: string[]}}
  const questions = jsonLines<Question>(join(directory, 'queries.jsonl')).map(({_id: id, text, metadata}) => {
    const document = `${language}/${gold.get(id)}`
    return {id, text, gold: document, group: groups.get(document)!, answers: metadata.answers}
  })
  return {language, documents, questions}
}

function jsonLines<T>(path: string): T[] {
  return readFileSync(path, 'utf8')
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as T)
}

/** Whether a text holds one of the answers, letter case and white space aside. */
export function containsAnswer(text: string, answers: readonly string[]): boolean {
  const plain = plainText(text)
  return answers.some(answer => plain.includes(plainText(answer)))
}

function plainText(text: string): string {
  return text.normalize('NFC').toLowerCase().replace(/\s+/gu, ' ').trim()
}
