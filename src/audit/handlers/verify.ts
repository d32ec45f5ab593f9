import type {Handler} from '../../operation/operation.ts'
import type {auditVerify} from '../operations/verify.ts'
import {verifyAudit} from '../verify.ts'

export const handle: Handler<typeof auditVerify> = async ({from, to}, context) => {
  const {head, problems, dailyAnchors, ...verification} = await verifyAudit(await context.store(), {
    tenant: context.tenant,
    signal: context.signal,
    ...(from === undefined ? {} : {from}),
    ...(to === undefined ? {} : {to}),
  })
  return {...verification, daily_anchors: dailyAnchors, head: head ?? null, problems: [...problems]}
}
