import type {Handler} from '../../operation/operation.ts'
import {findKey} from '../key-ring.ts'
import type {keysShow} from '../operations/show.ts'
import {keyOut} from './key-output.ts'

export const handle: Handler<typeof keysShow> = async ({key}, context) =>
  keyOut(await findKey(context, key), context.clock.now())
