import type {Handler} from '../../operation/operation.ts'
import {addEndpoint} from '../endpoint-book.ts'
import type {webhooksAdd} from '../operations/add.ts'
import {endpointOut} from './endpoint-output.ts'

export const handle: Handler<typeof webhooksAdd> = async ({url, events, name}, context) => {
  const {row, secret} = await addEndpoint(context, {url, events, name})
  return {secret, ...endpointOut(row, context.clock.now())}
}
