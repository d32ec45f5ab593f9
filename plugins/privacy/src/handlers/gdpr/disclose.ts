import {createHash} from 'node:crypto'
import {canonicalJson, type Json} from '@omni-ops/core/audit'
import type {Context} from '@omni-ops/core/operation'
import {listRecipients} from '../../recipients/recipients.ts'
import {openInOneGo, type OpenOptions} from '../../requests/open.ts'
import {RequestBook} from '../../requests/request-book.ts'
import {deliver, run} from '../../requests/run.ts'
import {itemOut, placeOut, receiptOut, requestOut, termsOut} from './outputs.ts'

const itemsPerAnswer = 200

/**
 * Collects what there is of a person and answers with the first of it. Where that is all, and the caller wants it so, the request
 * is closed with it: the receipt then names the SHA-256 of the answer's items as canonical JSON.
 */
export async function disclose(options: OpenOptions, {closing}: {readonly closing: boolean}, context: Context) {
  const book = await RequestBook.open(context)
  const opened = await openInOneGo(options, book, context)
  const {request, waiting} = await run(opened.id, {approve: true}, book, context)
  const places = await book.places(request.id)
  const recipients = (await listRecipients(context)).filter(({places: regular}) =>
    places.some(({place, found}) => found > 0 && regular.includes(place)),
  )
  const ready = waiting === 'delivery'
  const found = ready ? await book.items(request.id, {limit: itemsPerAnswer + 1}) : []
  const items = found
    .slice(0, itemsPerAnswer)
    .filter(({decision}) => decision === 'disclose')
    .map(itemOut)
  const more = found.length > itemsPerAnswer
  const answer = {
    terms: await termsOut(places, context),
    places: places.filter(({found: count, state}) => count > 0 || state !== 'found').map(placeOut),
    recipients: recipients.map(({name}) => name),
    items,
    next: more ? String(found[itemsPerAnswer - 1]?.seq) : null,
  }
  if (!ready || more || !closing) {
    const receipt = request.receipt === null ? null : receiptOut(request)
    return {...answer, request: requestOut(request, context, waiting), receipt}
  }
  const handedOver = createHash('sha256')
    .update(canonicalJson(items as unknown as Json))
    .digest('hex')
  const closed = await deliver(request.id, handedOver, book, context)
  return {...answer, request: requestOut(closed, context), receipt: receiptOut(closed)}
}
