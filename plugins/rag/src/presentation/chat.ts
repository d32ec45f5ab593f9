import {printable, type Terminal} from '@omni-ops/core/cli'
import type {OperationOutput} from '@omni-ops/core/operation'
import type {chat} from '../operations/chat.ts'
import {describeAnswer, describeContext, paintsOf} from './query.ts'

/** The answer as a query's, and what was searched for where that is not what was typed. */
export const present = (output: OperationOutput<typeof chat>, terminal: Terminal): string => {
  const paints = paintsOf(terminal)
  const searched = output.question_by === 'message' ? [] : [paints.dim(`Searched for: ${printable(output.question)}`)]
  const context = output.context === null ? [] : ['', describeContext(output.context, terminal)]
  return [describeAnswer(output, paints), ...searched, ...context].join('\n')
}
