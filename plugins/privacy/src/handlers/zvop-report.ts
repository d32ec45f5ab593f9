import type {Handler} from '@omni-ops/core/operation'
import {rules} from '../law/rule.ts'
import type {zvopReport} from '../operations/zvop-report.ts'
import {countLog, expireLog} from '../zvop/processing-log.ts'
import {ruleOutput} from './log-output.ts'

export const handle: Handler<typeof zvopReport> = async (_input, context) => {
  const {settings, clock} = context
  const byAction = await countLog(context)
  return {
    at: clock.now().toISOString(),
    residency: {country: (settings.get('residency.country') as string | undefined) ?? null},
    log: {
      entries: Object.values(byAction).reduce((sum, count) => sum + count, 0),
      by_action: byAction,
      years: settings.get('privacy.processing_log_years') as number,
      reason: (settings.get('privacy.processing_log_reason') as string | undefined) ?? null,
      expired: await expireLog(context, {dryRun: true}),
    },
    rules: rules()
      .filter(({id}) => /^(zvop-2|zekom-2)\./.test(id))
      .map(ruleOutput),
  }
}
