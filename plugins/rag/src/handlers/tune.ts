import {stat} from 'node:fs/promises'
import {resolve} from 'node:path'
import type {Handler} from '@omni-ops/core/operation'
import {Collection} from '../collection/collection.ts'
import {InvalidSetError, readBeirQueries} from '../evaluation/beir-set.ts'
import {readQuestionSet} from '../evaluation/question-set.ts'
import type {tune} from '../operations/tune.ts'
import {type JudgedQuestion, tuneWeights} from '../tuning/tune-weights.ts'

export const handle: Handler<typeof tune> = async ({queries, collection, dry_run}, context) => {
  const questions = await judgedQuestions(resolve(context.workingDirectory, queries))
  const opened = await Collection.open(collection, context)
  await opened.catalogue.requireCollection(collection)
  const {before, after, test, weights, isBetter, questions: used} = await tuneWeights(opened, questions, context)
  const stored = isBetter && !dry_run
  if (stored) await opened.indexes.saveWeights(collection, weights, {queries: used})
  const {difference, interval, p} = test
  return {
    collection,
    queries: used,
    before,
    after,
    difference,
    interval: interval ? ([interval.low, interval.high] as [number, number]) : null,
    p,
    weights: {...weights},
    better: isBetter,
    stored,
  }
}

async function judgedQuestions(path: string): Promise<JudgedQuestion[]> {
  const found = await stat(path).catch(() => undefined)
  if (found === undefined) throw new InvalidSetError(`${path} is not there`, {hint: 'name a file or a directory'})
  if (!found.isDirectory()) return readQuestionSet(path)
  const judged = await readBeirQueries(path)
  return judged.map(({text, grades}) => ({
    question: text,
    evidence: [...grades.keys()].map(source => ({source, page: undefined, quote: undefined})),
  }))
}
