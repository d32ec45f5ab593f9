import type {Handler} from '@omni-ops/core/operation'
import {listHolds} from '../holds/holds.ts'
import {holdOut} from './hold-output.ts'
import type {gdprHoldList} from '../operations/gdpr-hold-list.ts'

export const handle: Handler<typeof gdprHoldList> = async ({all}, context) => {
  const holds = await listHolds(context)
  return {holds: holds.filter(({releasedAt}) => all || releasedAt === null).map(holdOut)}
}
