import type {Handler} from '../../operation/operation.ts'
import {createKey} from '../key-ring.ts'
import type {keysCreate} from '../operations/create.ts'
import {endAfter, keyOut} from './key-output.ts'

export const handle: Handler<typeof keysCreate> = async (input, context) => {
  const {name, scopes, tenants, groups, expires_in_days} = input
  const now = context.clock.now()
  const expiresAt = endAfter(expires_in_days, now)
  const {text, row} = await createKey(context, {name, scopes, tenants, groups, expiresAt})
  return {key: text, ...keyOut(row, now)}
}
