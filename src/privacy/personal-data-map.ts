import type {Context} from '../operation/context.ts'
import type {
  Decisions,
  GivenIdentity,
  PersonalRecord,
  Place,
  Rectification,
  Residue,
  StoreReceipt,
  Subject,
  Unreachable,
} from './personal-store.ts'

/** Where personal data of a tenant live, and what can be done with them. */
export interface PersonalDataMap {
  readonly places: readonly Place[]
  /** Who these identities stand for: joined by declared links, never by name alone. */
  resolve(given: readonly GivenIdentity[]): Promise<Subject>
  /** Everything of the subject, from all places or some (`store table`); what could not be asked is in it as unreachable. */
  locate(subject: Subject, options?: {readonly places?: readonly string[]}): AsyncIterable<PersonalRecord | Unreachable>
  rectify(change: Rectification & {readonly place: string}): Promise<StoreReceipt>
  /** Idempotent, resumable after kill -9, with a second pass against racing writes; physical. */
  erase(subject: Subject, decisions: Decisions): AsyncIterable<StoreReceipt>
  /** Looks for the subject in every file behind the places. */
  verifyErased(subject: Subject): AsyncIterable<Residue>
}

export type OpenPersonalDataMap = (context: Context) => Promise<PersonalDataMap>
