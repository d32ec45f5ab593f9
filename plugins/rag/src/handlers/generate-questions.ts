import {appendFile, readFile} from 'node:fs/promises'
import {resolve} from 'node:path'
import {type Handler, NotConfiguredError} from '@omni-ops/core/operation'
import * as z from 'zod'
import {samplePassages} from '../collection/answering.ts'
import {Collection} from '../collection/collection.ts'
import {InvalidSetError} from '../evaluation/beir-set.ts'
import {draftQuestions} from '../evaluation/draft-questions.ts'
import type {generateQuestions} from '../operations/generate-questions.ts'

const KnownLine = z.object({question: z.string(), passage: z.string().optional()})
/** Enough that what the documents say of a question is among them. */
const HITS = 10

/** Questions are drafted by a language model, and none is configured. */
class NoModelError extends NotConfiguredError {
  override readonly code = 'llm_not_configured'
}

export const handle: Handler<typeof generateQuestions> = async (input, context) => {
  const model = await context.llm(input.model)
  if (!model) {
    throw new NoModelError('Questions are drafted by a language model, and none is configured', {
      hint: 'set RAG_LLM_BACKEND=openai|anthropic|ollama, or write the file by hand (docs/rag-evaluation.md)',
    })
  }
  const path = resolve(context.workingDirectory, input.file)
  const known = await readKnown(path)
  const collection = await Collection.open(input.collection, context)
  await collection.catalogue.requireCollection(input.collection)
  const passages = await samplePassages(collection, input.passages, {visible: true})
  const work = passages.filter(({id}) => !known.passages.has(id))
  const filter = await collection.visible()
  const counts = {answerable: 0, unanswerable: 0}
  const discarded = {malformed: 0, unproved: 0, duplicate: 0, answerable: 0}
  for (const [at, passage] of work.entries()) {
    const drafted = await draftQuestions(passage, known.questions, {
      model,
      signal: context.signal,
      find: async question => (await collection.index.search(question, {limit: HITS, filter})).hits,
    })
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
    model: `${model.provider} ${model.model}`,
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
