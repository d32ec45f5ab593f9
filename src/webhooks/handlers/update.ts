import type {Handler} from '../../operation/operation.ts'
import {updateEndpoint} from '../endpoint-book.ts'
import type {webhooksUpdate} from '../operations/update.ts'
import {endpointOut} from './endpoint-output.ts'

export const handle: Handler<typeof webhooksUpdate> = async ({endpoint, url, events, name, status}, context) =>
  endpointOut(await updateEndpoint(context, endpoint, {url, events, name, status}), context.clock.now())
