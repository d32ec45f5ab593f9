import type {EndpointRow} from './endpoint-book.ts'
import type {SecretBox} from './secret-box.ts'

/** The secrets that sign for an endpoint at a time: its own, and until the end of an overlap the one before it. */
export function currentSecrets(box: SecretBox, row: EndpointRow, now: Date): readonly string[] {
  const {secret, previous_secret: previous, previous_secret_ends_at: ends} = row
  const isOverlap = previous !== null && ends !== null && ends > now.toISOString()
  return [box.unseal(secret, row), ...(isOverlap ? [box.unseal(previous, row)] : [])]
}
