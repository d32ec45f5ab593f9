import type {Handler} from '../../operation/operation.ts'
import {removeEndpoint} from '../endpoint-book.ts'
import type {webhooksRemove} from '../operations/remove.ts'
import {endpointOut} from './endpoint-output.ts'

export const handle: Handler<typeof webhooksRemove> = async ({endpoint}, context) =>
  endpointOut(await removeEndpoint(context, endpoint), context.clock.now())
