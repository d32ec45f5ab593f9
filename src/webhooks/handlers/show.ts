import type {Handler} from '../../operation/operation.ts'
import {countDeliveries} from '../delivery-book.ts'
import {findEndpoint} from '../endpoint-book.ts'
import type {webhooksShow} from '../operations/show.ts'
import {endpointOut} from './endpoint-output.ts'

export const handle: Handler<typeof webhooksShow> = async ({endpoint}, context) => {
  const row = await findEndpoint(context, endpoint)
  return {...endpointOut(row, context.clock.now()), deliveries: await countDeliveries(context, row.id)}
}
