import type {Handler} from '../../operation/operation.ts'
import {listKeys} from '../key-ring.ts'
import type {keysList} from '../operations/list.ts'
import {keyOut} from './key-output.ts'

export const handle: Handler<typeof keysList> = async ({limit, cursor}, context) => {
  const rows = await listKeys(context, {limit: limit + 1, after: cursor})
  const page = rows.slice(0, limit)
  const now = context.clock.now()
  return {items: page.map(row => keyOut(row, now)), next: rows.length > limit ? (page.at(-1)?.id ?? null) : null}
}
