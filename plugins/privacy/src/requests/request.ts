import type {SignedReceipt} from '../receipt/receipt.ts'
import type {Progress} from './progress.ts'
import type {Regime, Right} from './right.ts'

/** What becomes of one record. `disclose`: given out; `erase`; `correct`; `keep`: left as it is, for a reason. */
export type Decision = 'disclose' | 'erase' | 'correct' | 'keep'

export const verificationMethods = [
  'account',
  'email_link',
  'document',
  'in_person',
  'agent',
  'operator',
  'not_required',
] as const

/**
 * How it was made sure that a request comes from the person (GDPR, article 12(6)). `operator`: whoever runs the program vouches
 * for it.
 */
export type VerificationMethod = (typeof verificationMethods)[number]

export interface Verification {
  readonly method: VerificationMethod
  readonly by: string
  readonly at: string
  /** What was looked at, such as a case number; never a copy of a document. */
  readonly note?: string
}

/** A correction of one field of one record. */
export interface Change {
  readonly place: string
  readonly key: string
  readonly field: string
  readonly value: string
}

/** What else a person said, as far as the right needs it. */
export interface Instructions {
  /** Corrections (16). */
  readonly changes?: readonly Change[]
  /** The purposes objected to or limited (21), `*` for all. */
  readonly purposes?: readonly string[]
  /** Why erasure or restriction is asked for, as 17(1) or 18(1) number it: `17(1)(b)`. */
  readonly ground?: string
  /** The person's name, so that it is not taken for another's. It finds nobody. */
  readonly name?: string
  /** Only these places. */
  readonly places?: readonly string[]
}

export interface Refusal {
  readonly reason: string
  readonly citation: string
}

/** The days by which the law wants something; each is the last on which it may happen. */
export interface Deadlines {
  readonly confirmBy: string | null
  readonly dueBy: string
  /** The first instant at which it is late. */
  readonly dueUntil: string
  readonly extendedDueBy: string | null
  /** Until when the person can be told that it takes longer. */
  readonly extendBy: string | null
  readonly rule: string
  /** Whether the text of the rule was read. */
  readonly verified: boolean
}

/** One request as it stands. */
export interface SubjectRequest extends Progress {
  readonly id: string
  readonly regime: Regime
  readonly right: Right
  readonly receivedAt: string
  readonly deadlines: Deadlines
  readonly confirmedAt: string | null
  readonly extension: {readonly at: string; readonly reason: string} | null
  readonly country: string
  readonly language: string
  readonly openedBy: string
  readonly verification: Verification | null
  readonly instructions: Instructions
  readonly refusal: Refusal | null
  readonly subjectHash: string
  readonly closedAt: string | null
  readonly receipt: SignedReceipt | null
}

/** One step that a request went. */
export interface Step {
  readonly at: string
  readonly state: string
  readonly step: string
  readonly by: string
  readonly details: Readonly<Record<string, unknown>>
}

/** What became of one place. */
export interface PlaceResult {
  readonly place: string
  readonly state: 'found' | 'done' | 'unreachable' | 'failed'
  readonly found: number
  readonly changed: number
  readonly kept: number
  /** Looked at again afterwards, and found as it should be. */
  readonly verified: boolean
  readonly message: string | null
}
