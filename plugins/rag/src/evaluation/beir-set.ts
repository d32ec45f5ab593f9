import {createReadStream} from 'node:fs'
import {readFile} from 'node:fs/promises'
import {join} from 'node:path'
import {createInterface} from 'node:readline'
import {InvalidInputError} from '@omni-ops/core/operation'
import * as z from 'zod'
import type {Grades} from './metrics.ts'

/** A document of the corpus. `file` is what it is a part of, where the set tells; parts follow each other in the file. */
export interface JudgedDocument {
  readonly id: string
  readonly title: string
  readonly text: string
  readonly file: string
}

export interface JudgedQuery {
  readonly id: string
  readonly text: string
  /** At least one of them above 0. */
  readonly grades: Grades
}

/** A test collection in the layout of BEIR (https://github.com/beir-cellar/beir). */
export interface BeirSet {
  readonly documents: readonly JudgedDocument[]
  /** Those with a relevant document, as BEIR evaluates. */
  readonly queries: readonly JudgedQuery[]
}

/** The directory is not a set in BEIR layout, or a line of it is broken. */
export class InvalidSetError extends InvalidInputError {
  override readonly code = 'rag_invalid_set'
}

const CorpusLine = z.object({_id: z.coerce.string(), title: z.string().nullish(), text: z.string()})
const QueryLine = z.object({_id: z.coerce.string(), text: z.string()})
const FileList = z.array(z.object({uuid: z.string()}))
const LAYOUT_HINT = 'The directory needs corpus.jsonl, queries.jsonl and qrels.tsv or qrels/test.tsv.'

/**
 * Reads `corpus.jsonl`, `queries.jsonl` and `qrels.tsv` or `qrels/test.tsv`. Two things tell that documents are parts
 * of one file: ids that differ only in a URL's fragment; and a `documents.json`, as Anthropic's contextual retrieval
 * set has it, of whose `uuid`s ids of the form `<start of a uuid>_<n>` are the nth chunks.
 * @throws InvalidSetError
 */
export async function readBeirSet(directory: string): Promise<BeirSet> {
  const fileOf = await fileFinder(directory)
  const documents: JudgedDocument[] = []
  for await (const {_id, title, text} of lines(join(directory, 'corpus.jsonl'), CorpusLine)) {
    documents.push({id: _id, title: title ?? '', text, file: fileOf(_id)})
  }
  return {documents, queries: await readBeirQueries(directory)}
}

/** The queries of a set alone, those with a relevant document. @throws InvalidSetError */
export async function readBeirQueries(directory: string): Promise<JudgedQuery[]> {
  const judgements = await readJudgements(directory)
  const queries: JudgedQuery[] = []
  for await (const {_id, text} of lines(join(directory, 'queries.jsonl'), QueryLine)) {
    const grades = judgements.get(_id)
    if (grades !== undefined) queries.push({id: _id, text, grades})
  }
  return queries
}

async function fileFinder(directory: string): Promise<(id: string) => string> {
  const list = await readOptional(join(directory, 'documents.json'))
  const parsed = list === undefined ? undefined : FileList.safeParse(JSON.parse(list))
  const uuids = parsed?.data?.map(({uuid}) => uuid) ?? []
  return id => {
    const stem = /^(.{8,})_\d+$/u.exec(id)?.[1]
    if (stem !== undefined && uuids.some(uuid => uuid.startsWith(stem))) return stem
    return /^https?:/u.test(id) ? id.split('#', 1)[0]! : id
  }
}

async function readJudgements(directory: string): Promise<Map<string, Map<string, number>>> {
  const text =
    (await readOptional(join(directory, 'qrels.tsv'))) ?? (await readOptional(join(directory, 'qrels', 'test.tsv')))
  if (text === undefined) throw new InvalidSetError(`There are no judgements in ${directory}`, {hint: LAYOUT_HINT})
  const judgements = new Map<string, Map<string, number>>()
  for (const line of text.split(/\r?\n/u).slice(1)) {
    const [query, document, grade] = line.split('\t')
    if (document === undefined || !(Number(grade) > 0)) continue
    const grades = judgements.get(query!) ?? new Map<string, number>()
    grades.set(document, Number(grade))
    judgements.set(query!, grades)
  }
  return judgements
}

async function readOptional(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

async function* lines<Line>(path: string, schema: z.ZodType<Line>): AsyncGenerator<Line> {
  let number = 0
  try {
    for await (const line of createInterface({input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY})) {
      number++
      if (line.trim() !== '') yield schema.parse(JSON.parse(line))
    }
  } catch (error) {
    const where = number > 0 ? `${path}:${number} is broken` : `${path} cannot be read`
    throw new InvalidSetError(`${where}: ${error instanceof Error ? error.message : error}`, {
      hint: LAYOUT_HINT,
      cause: error,
    })
  }
}
