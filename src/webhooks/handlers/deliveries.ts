import type {Handler} from '../../operation/operation.ts'
import {type AttemptRow, type DeliveryRow, type DeliveryStatus, listDeliveries} from '../delivery-book.ts'
import type {webhooksDeliveries} from '../operations/deliveries.ts'
import type {AttemptFailure} from '../webhook-sender.ts'

export const handle: Handler<typeof webhooksDeliveries> = async ({endpoint, status, limit, cursor}, context) => {
  const found = await listDeliveries(context, {endpoint, status, limit: limit + 1, before: cursor})
  const page = found.slice(0, limit)
  return {items: page.map(deliveryOut), next: found.length > limit ? (page.at(-1)?.row.id ?? null) : null}
}

function deliveryOut({row, attempts}: {row: DeliveryRow; attempts: readonly AttemptRow[]}) {
  const {id, endpoint, event, type, status, created_at, due_at, finished_at} = row
  const last = attempts.at(-1)
  return {
    id,
    endpoint,
    event,
    type,
    status: status as DeliveryStatus,
    created_at,
    next_attempt_at: due_at,
    finished_at,
    last_status: last?.status ?? null,
    last_error: (last?.error ?? null) as AttemptFailure | null,
    attempts: attempts.map(({number, at, milliseconds, status: answered, error, response}) => ({
      number,
      at,
      milliseconds,
      status: answered,
      error: error as AttemptFailure | null,
      response,
    })),
  }
}
