import {readFile} from 'node:fs/promises'
import {extname} from 'node:path'
import {parse} from 'csv-parse/sync'
import * as z from 'zod'
import {InvalidSetError} from './beir-set.ts'

/** Where the answer to a question stands: a document, a page of it, or words in it. */
export interface Evidence {
  /** A source as it was ingested, or the end of one: `handbook.md` means `docs/handbook.md` too. */
  readonly source: string
  readonly page?: number | undefined
  readonly quote?: string | undefined
}

/** A question with what is expected. */
export interface ExpectedAnswer {
  readonly id: string
  readonly question: string
  /** Any of them will do; none where only retrieval or refusal is judged. */
  readonly answers: readonly string[]
  readonly answerable: boolean
  readonly evidence: readonly Evidence[]
}

/** A question as an operation takes it. */
export function questionIn({id, question, answers, answerable, evidence}: ExpectedAnswer) {
  return {
    id,
    question,
    answers: [...answers],
    answerable,
    evidence: evidence.map(({source, page, quote}) => ({
      source,
      ...(page === undefined ? {} : {page}),
      ...(quote === undefined ? {} : {quote}),
    })),
  }
}

const many = (schema: z.ZodType<string>) => z.union([schema, z.array(schema)]).transform(value => [value].flat())

const EvidenceLine = z.object({source: z.string().min(1), page: z.int().min(1).nullish(), quote: z.string().nullish()})

const QuestionLine = z
  .object({
    id: z.coerce.string().optional(),
    question: z.string().trim().min(1),
    answer: many(z.string()).optional(),
    answers: many(z.string()).optional(),
    answerable: z.boolean().default(true),
    source: many(z.string().min(1)).nullish(),
    page: z.int().min(1).nullish(),
    quote: z.string().nullish(),
    evidence: z.array(EvidenceLine).optional(),
  })
  .refine(({evidence, source}) => !(evidence && source), 'has both evidence and source')
  .refine(({source, page, quote}) => source || !(page || quote), 'has a page or a quote without a source')

const HINT =
  'Each line is {"question": …, "answers": […], "source": …, "page": …, "quote": …}, or {"question": …, "answerable": false}'

/** Files that `readQuestionSet` reads, by the ends of their names. */
export const questionFileEndings: readonly string[] = ['.jsonl', '.ndjson', '.csv']

/**
 * Reads questions from JSON Lines or CSV. A CSV has a header with the same names; `answers` holds several, parted by
 * `|`, `answer` one as it stands.
 *
 * @throws InvalidSetError with file and line
 */
export async function readQuestionSet(path: string): Promise<ExpectedAnswer[]> {
  const text = await readFile(path, 'utf8')
  const lines = extname(path).toLowerCase() === '.csv' ? csvLines(text, path) : jsonLines(text, path)
  const questions = lines.map(({value, line}) => expectedAnswer(value, line, path))
  const seen = new Map<string, number>()
  for (const [at, {id}] of questions.entries()) {
    const other = seen.get(id)
    if (other !== undefined)
      throw new InvalidSetError(`${path}: the id ${id} occurs twice`, {hint: 'give each its own'})
    seen.set(id, at)
  }
  if (questions.length === 0) throw new InvalidSetError(`${path} holds no question`, {hint: HINT})
  return questions
}

interface NumberedLine {
  readonly value: unknown
  readonly line: number
}

function jsonLines(text: string, path: string): NumberedLine[] {
  return text
    .replace(/^\uFEFF/u, '')
    .split(/\r?\n/u)
    .flatMap((line, at) => {
      if (line.trim() === '') return []
      try {
        return [{value: JSON.parse(line) as unknown, line: at + 1}]
      } catch (error) {
        throw new InvalidSetError(`${path}:${at + 1} is not JSON: ${(error as Error).message}`, {
          hint: HINT,
          cause: error,
        })
      }
    })
}

type CsvRecord = {info: {lines: number}; record: Record<string, string>}

function csvLines(text: string, path: string): NumberedLine[] {
  let records: CsvRecord[]
  try {
    records = parse(text, {bom: true, columns: true, info: true, skip_empty_lines: true, trim: true}) as never
  } catch (error) {
    throw new InvalidSetError(`${path}: ${(error as Error).message}`, {hint: HINT, cause: error})
  }
  return records.map(({record, info}) => ({line: info.lines, value: fromCells(record)}))
}

function fromCells(record: Readonly<Record<string, string>>): unknown {
  const filled = Object.fromEntries(Object.entries(record).filter(([, cell]) => cell !== ''))
  const {answers, answerable, page, ...rest} = filled
  return {
    ...rest,
    ...(answers === undefined ? {} : {answers: answers.split('|').map(answer => answer.trim())}),
    ...(answerable === undefined ? {} : {answerable: /^(?:true|yes|1)$/iu.test(answerable)}),
    ...(page === undefined ? {} : {page: Number(page)}),
  }
}

function expectedAnswer(value: unknown, line: number, path: string): ExpectedAnswer {
  const parsed = QuestionLine.safeParse(value)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    const what = [issue?.path.map(String).join('.'), issue?.message].filter(Boolean).join(': ')
    throw new InvalidSetError(`${path}:${line}: ${what}`, {hint: HINT})
  }
  const {id, question, answer = [], answers = [], answerable, source, page, quote, evidence} = parsed.data
  const places = evidence ?? (source ?? []).map(each => ({source: each, page, quote}))
  return {
    id: id ?? String(line),
    question,
    answers: [...answer, ...answers].filter(each => each.trim() !== ''),
    answerable,
    evidence: places.map(place => ({
      source: place.source,
      page: place.page ?? undefined,
      quote: place.quote ?? undefined,
    })),
  }
}
