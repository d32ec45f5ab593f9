import type {Handler} from '@omni-ops/core/operation'
import {releaseHold} from '../holds/holds.ts'
import type {gdprHoldRelease} from '../operations/gdpr-hold-release.ts'

export const handle: Handler<typeof gdprHoldRelease> = async ({hold}, context) => {
  await releaseHold(hold, context)
  return {hold, released: true}
}
