import type {Handler} from '../../operation/operation.ts'
import {rotateKey} from '../key-ring.ts'
import type {keysRotate} from '../operations/rotate.ts'
import {endAfter, keyOut} from './key-output.ts'

const hourMs = 3_600_000

export const handle: Handler<typeof keysRotate> = async ({key, overlap_hours, expires_in_days}, context) => {
  const now = context.clock.now()
  const {text, row, old} = await rotateKey(context, {
    reference: key,
    overlapMs: overlap_hours * hourMs,
    expiresAt: endAfter(expires_in_days, now),
  })
  return {
    key: text,
    ...keyOut(row, now),
    replaces: {id: old.id, prefix: old.prefix, ends_at: old.expires_at ?? now.toISOString()},
  }
}
