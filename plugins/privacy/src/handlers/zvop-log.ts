import type {Handler} from '@omni-ops/core/operation'
import type {zvopLog} from '../operations/zvop-log.ts'
import {readLog} from '../zvop/processing-log.ts'
import {logEntryOutput} from './log-output.ts'

export const handle: Handler<typeof zvopLog> = async ({purpose, ...filter}, context) => {
  const {entries, next} = await readLog(context, filter, purpose)
  return {entries: entries.map(logEntryOutput), next}
}
