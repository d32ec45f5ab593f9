import type {Handler} from '@omni-ops/core/operation'
import {citationOf} from '../law/rule.ts'
import type {zvopResidency} from '../operations/zvop-residency.ts'
import {residencyReport} from '../zvop/residency-report.ts'

export const handle: Handler<typeof zvopResidency> = async (_input, context) => {
  const {country, places} = await residencyReport(context)
  return {country, citation: citationOf(['zvop-2.23.1', 'zvop-2.23.3', 'zvop-2.23.4']), places: [...places]}
}
