import type {Handler} from '@omni-ops/core/operation'
import type {zvopLogAdd} from '../operations/zvop-log.ts'
import {logProcessing} from '../zvop/processing-log.ts'
import {logEntryOutput} from './log-output.ts'

export const handle: Handler<typeof zvopLogAdd> = async (input, context) =>
  logEntryOutput(await logProcessing(context, input))
