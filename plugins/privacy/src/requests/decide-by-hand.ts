import {ConflictError} from '@omni-ops/core/operation'
import {type LegalException, sharedIdentity} from './exceptions.ts'
import type {RequestBook} from './request-book.ts'
import type {Decision, SubjectRequest} from './request.ts'
import {measureOf} from './right.ts'

/** Decisions are made in review, after everything was found and before anything is done. */
export class NotInReviewError extends ConflictError {
  override readonly code = 'gdpr_not_in_review'
}

const decided: Readonly<Record<ReturnType<typeof measureOf>, Decision>> = {
  erase: 'erase',
  disclose: 'disclose',
  rectify: 'correct',
  limit: 'keep',
}

/**
 * Decides about records in the place of the rules: keeps them because of an exception, or includes what was left for somebody to
 * look at.
 * @throws NotInReviewError
 */
export async function decideByHand(
  id: string,
  {
    items,
    all,
    because,
  }: {readonly items: readonly number[]; readonly all: boolean; readonly because: LegalException | undefined},
  book: RequestBook,
): Promise<{readonly request: SubjectRequest; readonly changed: number}> {
  const before = await book.get(id)
  if (before.state !== 'review') {
    throw new NotInReviewError(`The request is ${before.state}; records are decided about in review`, {
      hint: `omni gdpr request show ${id}`,
    })
  }
  const decision = because === undefined ? decided[measureOf(before.right)] : 'keep'
  const {citation, reason} = because ?? {citation: null, reason: null}
  let changed = 0
  const request = await book.step(id, 'note', {
    step: because === undefined ? 'records_included' : 'records_kept',
    details: {items: items.length, all, citation},
    alongside: async unit => {
      changed = await book.decideItems(unit, id, {
        items,
        ...(all ? {reason: sharedIdentity.reason} : {}),
        decision: {decision, reason, citation},
      })
    },
  })
  return {request: {...request, ...(await book.get(id))}, changed}
}
