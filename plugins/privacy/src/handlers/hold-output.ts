import type * as z from 'zod'
import type {Hold} from '../holds/holds.ts'
import type {HoldOutput} from '../operations/ledger-schemas.ts'

export function holdOut({
  id,
  matter,
  subject,
  place,
  placedAt,
  placedBy,
  releasedAt,
}: Hold): z.output<typeof HoldOutput> {
  return {
    id,
    matter,
    subject: subject === undefined ? null : `${subject.kind} ${subject.value}`,
    place: place ?? null,
    placed_at: placedAt,
    placed_by: placedBy,
    released_at: releasedAt,
  }
}
