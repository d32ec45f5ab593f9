import type {Handler} from '@omni-ops/core/operation'
import {listLimits} from '../limits/limits.ts'
import type {gdprLimitList} from '../operations/gdpr-limit-list.ts'

export const handle: Handler<typeof gdprLimitList> = async ({all}, context) => {
  const limits = await listLimits(context)
  return {
    limits: limits
      .filter(({liftedAt}) => all || liftedAt === null)
      .map(({id, kind, purpose, subject, since, liftedAt, request}) => ({
        id,
        kind,
        purpose,
        subject: `${subject.kind} ${subject.value}`,
        since,
        lifted_at: liftedAt,
        request,
      })),
  }
}
