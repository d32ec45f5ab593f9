import type {Handler} from '@omni-ops/core/operation'
import type {zvopLogExpire} from '../operations/zvop-log.ts'
import {expireLog} from '../zvop/processing-log.ts'

export const handle: Handler<typeof zvopLogExpire> = async ({dry_run: dryRun}, context) => ({
  entries: await expireLog(context, {dryRun}),
  deleted: !dryRun,
})
