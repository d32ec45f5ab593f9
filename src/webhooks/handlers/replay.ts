import type {Handler} from '../../operation/operation.ts'
import {replay} from '../delivery-book.ts'
import type {webhooksReplay} from '../operations/replay.ts'

export const handle: Handler<typeof webhooksReplay> = async ({endpoint, delivery, since, delivered}, context) => ({
  replayed: await replay(context, {endpoint, delivery, since, delivered}),
})
