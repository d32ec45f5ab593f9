import type {Context} from '@omni-ops/core/operation'
import {listNotices} from '../recipients/notices.ts'
import {type Receipt, signReceipt} from '../receipt/receipt.ts'
import {keptOf} from './kept.ts'
import {advance, type Outcome, type ProgressEvent} from './progress.ts'
import type {RequestBook} from './request-book.ts'
import type {PlaceResult, Refusal, SubjectRequest} from './request.ts'

export interface ClosingOptions {
  readonly step: string
  readonly refusal?: Refusal
  /** Of the list of files that were handed over. */
  readonly archiveSha256?: string
}

/** Ends a request with a signed receipt. @throws RequestStateError where it cannot end so, NoReceiptKeyError, ReceiptKeyError */
export async function close(
  id: string,
  event: Extract<ProgressEvent, {type: 'notified' | 'refuse' | 'withdraw'}>,
  options: ClosingOptions,
  book: RequestBook,
  context: Context,
): Promise<SubjectRequest> {
  const request = await book.get(id)
  const {outcome} = advance(request, event)
  const at = context.clock.now().toISOString()
  const places = await book.places(id)
  const receipt = await signReceipt(
    await receiptOf(request, outcome as Outcome, {...options, at, places}, book, context),
    context,
  )
  return book.step(id, event, {
    step: options.step,
    details: {outcome, ...(options.refusal === undefined ? {} : {citation: options.refusal.citation})},
    changes: {closing: {at, receipt}, ...(options.refusal === undefined ? {} : {refusal: options.refusal})},
  })
}

interface ReceiptFacts extends Pick<Partial<ClosingOptions>, 'refusal' | 'archiveSha256'> {
  readonly at: string
  readonly places: readonly PlaceResult[]
}

/** What a request leaves behind that ends now. */
export async function receiptOf(
  request: SubjectRequest,
  outcome: Outcome,
  {at, places, refusal, archiveSha256}: ReceiptFacts,
  book: RequestBook,
  context: Context,
): Promise<Receipt> {
  const notices = await listNotices({request: request.id}, context)
  return {
    version: 1,
    request: request.id,
    tenant: context.tenant,
    regime: request.regime,
    right: request.right,
    outcome,
    received_at: request.receivedAt,
    closed_at: at,
    due_by: request.deadlines.dueBy,
    verification: request.verification?.method ?? null,
    subject_hash: request.subjectHash,
    places: places.map(({place, found, changed, kept: left, verified}) => ({
      place,
      found,
      changed,
      kept: left,
      verified,
    })),
    kept: await keptOf(request.id, book),
    recipients_told: notices.filter(({state}) => state === 'told').length,
    refusal: refusal ?? null,
    archive_sha256: archiveSha256 ?? null,
  }
}
