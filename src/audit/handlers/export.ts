import type {Handler} from '../../operation/operation.ts'
import type {auditExport} from '../operations/export.ts'
import {entriesAfter} from '../read.ts'

export const handle: Handler<typeof auditExport> = async ({after, limit}, context) => {
  const items = await entriesAfter(await context.store(), {tenant: context.tenant, after, limit})
  return {items: [...items], next: items.length === limit ? (items.at(-1)?.seq ?? null) : null}
}
