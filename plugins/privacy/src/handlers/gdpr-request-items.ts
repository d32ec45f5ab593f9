import type {Handler} from '@omni-ops/core/operation'
import {InvalidInputError} from '@omni-ops/core/operation'
import {RequestBook} from '../requests/request-book.ts'
import {itemOut} from './request-outputs.ts'
import type {gdprRequestItems} from '../operations/gdpr-request-items.ts'

export const handle: Handler<typeof gdprRequestItems> = async ({request: id, limit, cursor}, context) => {
  const book = await RequestBook.open(context)
  await book.get(id)
  const found = await book.items(id, {after: seqFrom(cursor), limit: limit + 1})
  const page = found.slice(0, limit)
  return {items: page.map(itemOut), next: found.length > limit ? String(page.at(-1)?.seq) : null}
}

function seqFrom(cursor: string | undefined): number {
  if (cursor === undefined) return 0
  const seq = Number(cursor)
  if (Number.isInteger(seq) && seq >= 0 && seq < 2 ** 31) return seq
  throw new InvalidInputError('The cursor is not one that a page gave', {hint: 'begin without a cursor'})
}
