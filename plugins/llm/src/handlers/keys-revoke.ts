import type {Handler} from '@omni-ops/core/operation'
import {revokeVirtualKey} from '../keys/virtual-keys.ts'
import type {keysRevoke} from '../operations/keys-revoke.ts'

export const handle: Handler<typeof keysRevoke> = async ({key}, context) => {
  const {name, prefix, status} = await revokeVirtualKey(context, key)
  return {name, prefix, status}
}
