import type {Handler} from '@omni-ops/core/operation'
import {yearlyMetrics} from '../requests/yearly-metrics.ts'
import type {ccpaMetrics} from '../operations/ccpa-metrics.ts'

export const handle: Handler<typeof ccpaMetrics> = async ({year}, context) => {
  const counted = year ?? context.clock.now().getUTCFullYear() - 1
  return {year: counted, rows: await yearlyMetrics(counted, context), citation: '11 CCR § 7102(a)'}
}
