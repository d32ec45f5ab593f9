import type {Handler} from '../../operation/operation.ts'
import {revokeKey} from '../key-ring.ts'
import type {keysRevoke} from '../operations/revoke.ts'
import {keyOut} from './key-output.ts'

export const handle: Handler<typeof keysRevoke> = async ({key}, context) =>
  keyOut(await revokeKey(context, key), context.clock.now())
