import type {Handler} from '@omni-ops/core/operation'
import {liftLimits} from '../limits/limits.ts'
import type {gdprLimitLift} from '../operations/gdpr-limit-lift.ts'

export const handle: Handler<typeof gdprLimitLift> = async ({request}, context) => ({
  request,
  lifted: await liftLimits(request, context),
})
