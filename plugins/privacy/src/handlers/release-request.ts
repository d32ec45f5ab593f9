import type * as z from 'zod'
import type {Question, ReleaseRequest} from '../differential-privacy/release-request.ts'
import type {budgetDebit} from '../operations/budget-debit.ts'

type Input = Omit<z.output<(typeof budgetDebit)['input']>, 'budget'>

/** The service's request from the operation's input. */
export function releaseRequestFrom(input: Input): ReleaseRequest {
  const {question, person, max_rows, max_partitions, resolution, mechanism, epsilon, delta} = input
  return {
    question: question as Question,
    maxRows: max_rows,
    maxPartitions: max_partitions,
    resolution,
    mechanism,
    epsilon,
    ...(person === undefined ? {} : {person}),
    ...(delta === undefined ? {} : {delta}),
  }
}

/** A question in words for the ledger: what was asked, never of whom. */
export function questionText(question: Question): string {
  if (question.kind === 'count') return 'count'
  const quantile = question.kind === 'quantile' ? ` ${question.quantile}` : ''
  const bounds = question.kind === 'histogram' ? '' : ` in ${question.lower} to ${question.upper}`
  return `${question.kind}${quantile} of ${question.column}${bounds}`
}
