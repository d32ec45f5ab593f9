import {createHash} from 'node:crypto'
import {canonicalJson, type Json} from '@omni-ops/core/audit'
import {ConflictError, type Context} from '@omni-ops/core/operation'
import {recipientsOf} from '../recipients/notices.ts'
import {type DescribedSubject, givenIdentities} from '../requests/given-identities.ts'
import {openInOneGo, type OpenOptions} from '../requests/open.ts'
import {RequestBook} from '../requests/request-book.ts'
import {deliver, run, type RunResult} from '../requests/run.ts'
import {isTelling, itemOut, placeOut, receiptOut, requestOut, termsOut} from './request-outputs.ts'

const itemsPerAnswer = 200

/** The request that is being answered is another one than the operation's. */
export class OtherRightError extends ConflictError {
  override readonly code = 'gdpr_other_right'
}

export interface DiscloseOptions extends Omit<OpenOptions, 'given'> {
  readonly described: DescribedSubject
  /** An approved request to go on with. */
  readonly request?: string | undefined
  /** Whether the request is closed where all of it is in the answer. */
  readonly closing: boolean
}

/**
 * Collects what there is of a person and answers with the first of it. Where that is all, and the caller wants it so, the request
 * is closed with it: the receipt then names the SHA-256 of the answer's items as canonical JSON.
 */
export async function disclose(options: DiscloseOptions, context: Context) {
  const book = await RequestBook.open(context)
  const {request, waiting} = await begun(options, book, context)
  const places = await book.places(request.id)
  const identities = await book.identities(request.id)
  const recipients = await recipientsOf(identities, places, context)
  const ready = waiting === 'delivery'
  const found = ready ? await book.items(request.id, {limit: itemsPerAnswer + 1}) : []
  const page = found.slice(0, itemsPerAnswer)
  const more = found.length > itemsPerAnswer
  const items = page.filter(({decision}) => decision === 'disclose').map(itemOut)
  const answer = {
    terms: await termsOut(places, context),
    places: places.filter(isTelling).map(placeOut),
    recipients: recipients.map(({name}) => name),
    items,
    next: more ? String(page.at(-1)?.seq) : null,
  }
  if (!ready || more || !options.closing) {
    const receipt = request.receipt === null ? null : receiptOut(request)
    return {...answer, request: requestOut(request, context, waiting), receipt}
  }
  const handedOver = createHash('sha256')
    .update(canonicalJson(items as unknown as Json))
    .digest('hex')
  const closed = await deliver(request.id, handedOver, book, context)
  return {...answer, request: requestOut(closed, context), receipt: receiptOut(closed)}
}

async function begun(options: DiscloseOptions, book: RequestBook, context: Context): Promise<RunResult> {
  const {request: id, right, described} = options
  if (id === undefined) {
    const opened = await openInOneGo({...options, given: givenIdentities(described)}, book, context)
    return run(opened.id, {approve: true}, book, context)
  }
  const request = await book.get(id)
  if (request.right === right) return run(id, {approve: false}, book, context)
  throw new OtherRightError(`The request ${id} is for ${request.right}, not for ${right}`, {
    hint: `omni gdpr request show ${id}`,
  })
}
