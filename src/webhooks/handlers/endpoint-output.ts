import type * as z from 'zod'
import type {DisabledReason, EndpointRow} from '../endpoint-book.ts'
import type {EndpointOutput} from '../operations/endpoint-output.ts'

/** An endpoint without its secrets. */
export function endpointOut(row: EndpointRow, now: Date): z.output<typeof EndpointOutput> {
  const {id, name, url, events, disabled_at, disabled_reason, failing_since, created_at, created_by} = row
  const ends = row.previous_secret_ends_at
  return {
    id,
    name,
    url,
    events,
    status: disabled_at === null ? 'enabled' : 'disabled',
    disabled_reason: disabled_reason as DisabledReason | null,
    disabled_at,
    failing_since,
    previous_secret_ends_at: ends !== null && ends > now.toISOString() ? ends : null,
    created_at,
    created_by,
  }
}
