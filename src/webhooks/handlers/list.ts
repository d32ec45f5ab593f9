import type {Handler} from '../../operation/operation.ts'
import {listEndpoints} from '../endpoint-book.ts'
import type {webhooksList} from '../operations/list.ts'
import {endpointOut} from './endpoint-output.ts'

export const handle: Handler<typeof webhooksList> = async ({limit, cursor}, context) => {
  const rows = await listEndpoints(context, {limit: limit + 1, after: cursor})
  const page = rows.slice(0, limit)
  const now = context.clock.now()
  return {items: page.map(row => endpointOut(row, now)), next: rows.length > limit ? (page.at(-1)?.id ?? null) : null}
}
