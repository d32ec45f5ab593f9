import {ConflictError, type Context, InvalidInputError} from '@omni-ops/core/operation'
import type {GivenIdentity} from '@omni-ops/core/privacy'
import {limitsOf} from '../limits/limits.ts'
import {deadlinesFor} from './deadlines.ts'
import {subjectHash, type RequestBook} from './request-book.ts'
import type {Instructions, SubjectRequest, Verification, VerificationMethod} from './request.ts'
import {measureOf, needsVerification, type Regime, type Right} from './right.ts'

/** Somebody is to be recognised by what they say is wrong (11 CCR 7060(d)). */
export class DisputedFieldError extends InvalidInputError {
  override readonly code = 'ccpa_disputed_field'
}

/** What ended cannot be confirmed or extended. */
export class RequestClosedError extends ConflictError {
  override readonly code = 'gdpr_request_closed'
}

export interface OpenOptions {
  readonly regime: Regime
  readonly right: Right
  readonly given: readonly GivenIdentity[]
  /** ISO 8601; now where it is not given. */
  readonly receivedAt?: string | undefined
  /** ISO 3166-1 alpha-2; that of the law where it is not given. */
  readonly country?: string | undefined
  readonly language?: string | undefined
  readonly instructions: Instructions
}

/** It is not said what is to be corrected. */
export class NoCorrectionError extends InvalidInputError {
  override readonly code = 'gdpr_no_correction'
}

/**
 * Writes a request down and reckons its days.
 * @throws InvalidInputError for a right that the law does not have, NoCorrectionError, NoPurposeError
 */
export async function openRequest(options: OpenOptions, book: RequestBook, context: Context): Promise<SubjectRequest> {
  const {regime, right, given, country, instructions} = options
  if (right === 'objection') limitsOf(right, instructions.purposes ?? [])
  if (measureOf(right) === 'rectify' && instructions.changes === undefined) {
    throw new NoCorrectionError('It is not said what is to be corrected', {hint: 'give --set FIELD=VALUE'})
  }
  const receivedAt = options.receivedAt ?? context.clock.now().toISOString()
  return book.add({
    regime,
    right,
    given,
    receivedAt,
    deadlines: deadlinesFor({regime, right, receivedAt, country}),
    country: country ?? (regime === 'ccpa' ? 'US' : 'SI'),
    language: options.language ?? 'en',
    instructions,
  })
}

/**
 * The request that somebody makes and answers in one go: an open one of the same right and person, so that an interrupted one is
 * taken up again, or a new one. Whoever runs the program vouches for the person.
 */
export async function openInOneGo(options: OpenOptions, book: RequestBook, context: Context): Promise<SubjectRequest> {
  const hash = await subjectHash(options.given, context)
  const known = await book.findOpen({right: options.right, subjectHash: hash})
  const request = known ?? (await openRequest(options, book, context))
  if (request.state !== 'received' && request.state !== 'identity_pending') return request
  return verify(request.id, {method: needsVerification(options.right) ? 'operator' : 'not_required'}, book, context)
}

/** Writes down how it was made sure who asks. @throws RequestStateError */
export async function verify(
  id: string,
  {method, note}: {readonly method: VerificationMethod; readonly note?: string | undefined},
  book: RequestBook,
  context: Context,
): Promise<SubjectRequest> {
  const verification: Verification = {
    method,
    by: context.principal.id,
    at: context.clock.now().toISOString(),
    ...(note === undefined ? {} : {note}),
  }
  const event = method === 'not_required' ? ({type: 'proceed_unverified'} as const) : ({type: 'verify'} as const)
  return book.step(id, event, {step: 'verified', details: {method}, changes: {verification}})
}

/**
 * Goes on with somebody who could not be identified: a request for the data themselves becomes one for their categories (11 CCR
 * 7024(a)). @throws UnverifiedError for other rights, which are refused instead
 */
export async function proceedUnverified(id: string, book: RequestBook): Promise<SubjectRequest> {
  const request = await book.get(id)
  const changes = request.right === 'know_specific' ? {right: 'know_categories' as const} : {}
  return book.step(
    id,
    {type: 'proceed_unverified'},
    {step: 'not_verified', details: {right: changes.right ?? request.right}, changes},
  )
}

/** @throws DisputedFieldError where a person would be recognised by a field that they want corrected */
export function assertNotDisputed(field: string | undefined, disputed: readonly string[]): void {
  if (field === undefined || !disputed.includes(field)) return
  throw new DisputedFieldError(`The person disputes ${field}, and cannot be recognised by it (11 CCR 7060(d))`, {
    hint: 'make sure who asks by something else that you know of them',
  })
}

/** The request, while something can still be said about it. @throws RequestNotFoundError, RequestClosedError */
export async function assertOpen(id: string, book: RequestBook): Promise<SubjectRequest> {
  const request = await book.get(id)
  if (request.state !== 'closed') return request
  throw new RequestClosedError(`The request ${id} is closed`, {hint: 'a closed request stays as it is'})
}
