import type {Handler} from '@omni-ops/core/operation'
import {runRetention} from '../retention/retention.ts'
import type {gdprRetentionRun} from '../operations/gdpr-retention-run.ts'

export const handle: Handler<typeof gdprRetentionRun> = async ({place, dry_run: dryRun}, context) => ({
  places: await runRetention({place, dryRun}, context),
  dry_run: dryRun,
})
