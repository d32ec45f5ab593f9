import type {Context} from '@omni-ops/core/operation'
import {purgeRows} from '@omni-ops/core/privacy'
import {listNotices} from '../recipients/notices.ts'
import {close} from './close.ts'
import {collect} from './collect.ts'
import {execute} from './execute.ts'
import type {RequestBook} from './request-book.ts'
import type {SubjectRequest} from './request.ts'
import {measureOf} from './right.ts'

/** Why a request goes on no further by itself. */
export type Waiting =
  /** It has to be made sure who asks. */
  | 'identity'
  /** A place could not be read or changed: run it again when it is back. */
  | 'unreachable'
  /** A person has to look at what was found. */
  | 'review'
  /** What was found has to be handed over. */
  | 'delivery'
  /** Recipients have to be told. */
  | 'notices'

export interface RunResult {
  readonly request: SubjectRequest
  readonly waiting: Waiting | undefined
}

/**
 * Takes a request as far as it goes: collects, approves what needs nobody's eye where that is wanted, executes, and closes it when
 * recipients were told. May be interrupted at any point and run again.
 */
export async function run(
  id: string,
  {approve}: {readonly approve: boolean},
  book: RequestBook,
  context: Context,
): Promise<RunResult> {
  let request = await book.get(id)
  for (;;) {
    context.signal.throwIfAborted()
    switch (request.state) {
      case 'received':
      case 'identity_pending':
        return {request, waiting: 'identity'}
      case 'verified':
      case 'collecting':
        request = await collect(id, book, context)
        if (request.state === 'collecting') return {request, waiting: 'unreachable'}
        break
      case 'review':
        if (!approve || request.toReview > 0) return {request, waiting: 'review'}
        request = await book.step(id, {type: 'approve'}, {step: 'approved', details: {by_rule: true}})
        break
      case 'executing':
        if (measureOf(request.right) === 'disclose') return {request, waiting: 'delivery'}
        request = await execute(id, book, context)
        if (request.state === 'executing') return {request, waiting: 'unreachable'}
        break
      case 'notifying': {
        const pending = await listNotices({request: id, state: 'pending'}, context)
        if (pending.length > 0) return {request, waiting: 'notices'}
        request = await close(id, {type: 'notified'}, {step: 'closed'}, book, context)
        break
      }
      case 'closed':
        await leaveNothing(request, context)
        return {request, waiting: undefined}
    }
  }
}

/** What a request about erasure said of the person is gone from its rows; here it goes from the files as well. */
async function leaveNothing({right}: SubjectRequest, context: Context): Promise<void> {
  if (measureOf(right) !== 'erase') return
  const {verified, message} = await purgeRows(
    ['privacy_requests', 'privacy_request_identities', 'privacy_request_items', 'privacy_notices'],
    context,
  )
  if (verified) return
  context.emit({type: 'note', level: 'warn', message: `Run the request again to clear its own notes: ${message}`})
}

/** Writes down that what was found was handed over, and closes the request. @throws RequestStateError */
export async function deliver(
  id: string,
  archiveSha256: string,
  book: RequestBook,
  context: Context,
): Promise<SubjectRequest> {
  await execute(id, book, context)
  return close(id, {type: 'notified'}, {step: 'delivered', archiveSha256}, book, context)
}
