import {ConflictError} from '@omni-ops/core/operation'

export type State =
  'received' | 'identity_pending' | 'verified' | 'collecting' | 'review' | 'executing' | 'notifying' | 'closed'

/** How a request ended. */
export type Outcome = 'fulfilled' | 'partly_refused' | 'refused' | 'not_found' | 'withdrawn'

/** Where a request stands. Everything that decides how it may go on; nothing of it is said elsewhere. */
export interface Progress {
  readonly state: State
  /** Set when it is closed, and never before. */
  readonly outcome: Outcome | null
  /** Whether it was made sure that the request comes from the person. */
  readonly verified: boolean
  /** Whether it may go on without that: see `needsVerification`. */
  readonly verificationNeeded: boolean
  /** Places that could not be read or changed when that was last tried. */
  readonly unreachable: number
  /** Records found; null until everything was looked through. */
  readonly found: number | null
  /** Of these, such as are not given out or not erased, for a cited reason. */
  readonly kept: number
  /** Matters that a person has to look at before anything is carried out. */
  readonly toReview: number
}

/** What happens to a request. */
export type ProgressEvent =
  | {readonly type: 'ask_identity'}
  | {readonly type: 'verify'}
  /** Goes on with somebody who was not identified, where the right allows it. */
  | {readonly type: 'proceed_unverified'}
  | {readonly type: 'collect'}
  /** A look through all places, whole or not. */
  | {
      readonly type: 'collected'
      readonly found: number
      readonly kept: number
      readonly unreachable: number
      readonly toReview: number
      /** Whether anybody of this description is known, and be it without a record. */
      readonly known: boolean
    }
  | {readonly type: 'approve'}
  | {readonly type: 'executed'; readonly unreachable: number; readonly kept: number}
  | {readonly type: 'notified'}
  | {readonly type: 'refuse'}
  | {readonly type: 'withdraw'}

/** The request is not where this could happen. */
export class RequestStateError extends ConflictError {
  override readonly code = 'gdpr_request_state'
}

/** It is not known whether the request comes from the person. */
export class UnverifiedError extends ConflictError {
  override readonly code = 'gdpr_unverified'

  constructor() {
    super('It was not made sure who asks, and this right needs that', {
      hint: 'omni gdpr request verify, or refuse with GDPR, Article 12(2) where the person cannot be identified',
    })
  }
}

export const received: Progress = {
  state: 'received',
  outcome: null,
  verified: false,
  verificationNeeded: true,
  unreachable: 0,
  found: null,
  kept: 0,
  toReview: 0,
}

/** From where each event can happen. What is refused or withdrawn after the start of executing could not be undone. */
const origins: Readonly<Record<ProgressEvent['type'], readonly State[]>> = {
  ask_identity: ['received'],
  verify: ['received', 'identity_pending'],
  proceed_unverified: ['received', 'identity_pending'],
  collect: ['verified', 'collecting', 'review'],
  collected: ['collecting'],
  approve: ['review'],
  executed: ['executing'],
  notified: ['notifying'],
  refuse: ['received', 'identity_pending', 'verified', 'collecting', 'review'],
  withdraw: ['received', 'identity_pending', 'verified', 'collecting', 'review'],
}

/** Where a request stands after an event. @throws RequestStateError where that cannot happen; the request stays as it is */
export function advance(progress: Progress, event: ProgressEvent): Progress {
  if (!origins[event.type].includes(progress.state)) {
    throw new RequestStateError(
      `The request is ${progress.state}, where it cannot ${event.type.replaceAll('_', ' ')}`,
      {
        hint: hintFor(progress),
        details: {state: progress.state, event: event.type, possible_in: origins[event.type]},
      },
    )
  }
  switch (event.type) {
    case 'ask_identity':
      return {...progress, state: 'identity_pending'}
    case 'verify':
      return {...progress, state: 'verified', verified: true}
    case 'proceed_unverified':
      if (progress.verificationNeeded) throw new UnverifiedError()
      return {...progress, state: 'verified'}
    case 'collect':
      return {...progress, state: 'collecting', found: null, kept: 0, unreachable: 0, toReview: 0}
    case 'collected':
      return afterCollecting(progress, event)
    case 'approve':
      return {...progress, state: 'executing', toReview: 0}
    case 'executed':
      return event.unreachable > 0
        ? {...progress, unreachable: event.unreachable}
        : {...progress, state: 'notifying', unreachable: 0, kept: event.kept}
    case 'notified':
      return closed(progress, progress.kept > 0 ? 'partly_refused' : 'fulfilled')
    case 'refuse':
      return closed(progress, 'refused')
    case 'withdraw':
      return closed(progress, 'withdrawn')
  }
}

function afterCollecting(progress: Progress, event: Extract<ProgressEvent, {type: 'collected'}>): Progress {
  const {found, kept, unreachable, toReview} = event
  // A place that was not read may know the person: nobody is told that there is nothing before it was.
  if (unreachable > 0) return {...progress, unreachable}
  if (!event.known) return closed({...progress, found}, 'not_found')
  return {...progress, state: 'review', found, kept, unreachable, toReview}
}

function closed(progress: Progress, outcome: Outcome): Progress {
  return {...progress, state: 'closed', outcome}
}

function hintFor({state}: Progress): string {
  switch (state) {
    case 'received':
    case 'identity_pending':
      return 'make sure who asks: omni gdpr request verify'
    case 'verified':
    case 'collecting':
    case 'executing':
    case 'notifying':
      return 'go on with: omni gdpr request run'
    case 'review':
      return 'look at omni gdpr request show, then omni gdpr request approve, or refuse'
    case 'closed':
      return 'a closed request stays as it is; open a new one'
  }
}
