import {appendFile, readFile} from 'node:fs/promises'
import {resolve} from 'node:path'
import type {Handler} from '@omni-ops/core/operation'
import * as z from 'zod'
import {InvalidSetError} from '../evaluation/beir-set.ts'
import {draft} from '../operations/draft.ts'
import type {generateQuestions} from '../operations/generate-questions.ts'
import {sample} from '../operations/sample.ts'

const KnownLine = z.object({question: z.string(), passage: z.string().optional()})

/** Writes the file where its user is; the questions are drafted where the documents and the model are. */
export const handle: Handler<typeof generateQuestions> = async ({collection, model, ...input}, context) => {
  const path = resolve(context.workingDirectory, input.file)
  const known = await readKnown(path)
  const {passages} = await context.invoke(sample, {collection, size: input.passages})
  const work = passages.filter(id => !known.passages.has(id))
  const counts = {answerable: 0, unanswerable: 0}
  const discarded = {malformed: 0, unproved: 0, duplicate: 0, answerable: 0}
  let writer: string | null = null
  for (const [at, passage] of work.entries()) {
    const chosen = model === undefined ? {} : {model}
    const drafted = await context.invoke(draft, {collection, passage, known: known.questions, ...chosen})
    writer = drafted.model
    // The questions of a passage are written together: a run that was cut off asks again only for the one it was at.
    await appendFile(path, drafted.questions.map(question => `${JSON.stringify(question)}\n`).join(''))
    for (const {question, answerable} of drafted.questions) {
      known.questions.push(question)
      counts[answerable ? 'answerable' : 'unanswerable'] += 1
    }
    for (const reason of Object.keys(discarded) as (keyof typeof discarded)[]) {
      discarded[reason] += drafted.discarded[reason]
    }
    context.emit({type: 'progress', label: 'Drafting', done: at + 1, total: work.length, unit: 'passages'})
  }
  return {
    file: input.file,
    passages: work.length,
    skipped: passages.length - work.length,
    ...counts,
    discarded,
    model: writer,
  }
}

async function readKnown(path: string): Promise<{questions: string[]; passages: Set<string>}> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return ''
    throw error
  })
  const questions: string[] = []
  const passages = new Set<string>()
  for (const [at, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue
    const parsed = KnownLine.safeParse(jsonOf(line))
    if (!parsed.success) {
      throw new InvalidSetError(`${path}:${at + 1} is no question`, {
        hint: 'correct or remove the line, and run it again',
      })
    }
    questions.push(parsed.data.question)
    if (parsed.data.passage !== undefined) passages.add(parsed.data.passage)
  }
  return {questions, passages}
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}
