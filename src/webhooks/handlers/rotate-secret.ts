import type {Handler} from '../../operation/operation.ts'
import {rotateSecret} from '../endpoint-book.ts'
import type {webhooksRotateSecret} from '../operations/rotate-secret.ts'
import {endpointOut} from './endpoint-output.ts'

const hourMs = 3_600_000

export const handle: Handler<typeof webhooksRotateSecret> = async ({endpoint, overlap_hours}, context) => {
  const {row, secret} = await rotateSecret(context, {reference: endpoint, overlapMs: overlap_hours * hourMs})
  return {secret, ...endpointOut(row, context.clock.now())}
}
