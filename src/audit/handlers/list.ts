import type {Handler} from '../../operation/operation.ts'
import type {auditList} from '../operations/list.ts'
import {listAudit} from '../read.ts'

export const handle: Handler<typeof auditList> = async (input, context) => {
  const given = Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined))
  const {items, next} = await listAudit(await context.store(), {...given, tenant: context.tenant})
  return {items: [...items], next: next ?? null}
}
