import {stat} from 'node:fs/promises'
import {resolve} from 'node:path'
import type {Handler, OperationInput} from '@omni-ops/core/operation'
import {InvalidSetError, readBeirQueries} from '../evaluation/beir-set.ts'
import {questionIn, readQuestionSet} from '../evaluation/question-set.ts'
import type {tune} from '../operations/tune.ts'
import {weigh} from '../operations/weigh.ts'

/** Reads the file where its user is; the weighing is done where the documents are. */
export const handle: Handler<typeof tune> = async ({queries, collection, dry_run}, context) => {
  const questions = await judgedQuestions(resolve(context.workingDirectory, queries))
  return context.invoke(weigh, {collection, questions, dry_run})
}

async function judgedQuestions(path: string): Promise<OperationInput<typeof weigh>['questions']> {
  const found = await stat(path).catch(() => undefined)
  if (found === undefined) throw new InvalidSetError(`${path} is not there`, {hint: 'name a file or a directory'})
  if (!found.isDirectory()) return (await readQuestionSet(path)).map(questionIn)
  const judged = await readBeirQueries(path)
  return judged.map(({id, text, grades}) => ({
    id,
    question: text,
    evidence: [...grades.keys()].map(source => ({source})),
  }))
}
