import type * as z from 'zod'
import {type KeyRow, statusOf} from '../key-ring.ts'
import type {KeyOutput} from '../operations/key-output.ts'

/** A key without its digest. */
export function keyOut(row: KeyRow, now: Date): z.output<typeof KeyOutput> {
  const {digest: _digest, ...shown} = row
  return {...shown, status: statusOf(row, now)}
}

const dayMs = 86_400_000

/** The end of a life of so many days. */
export function endAfter(days: number | undefined, now: Date): Date | undefined {
  return days === undefined ? undefined : new Date(now.getTime() + days * dayMs)
}
