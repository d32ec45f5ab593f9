import type {Context} from '../operation/context.ts'
import type {DataStore, IdentityKind, PrivacyDeclaration} from './declaration.ts'

/** A value by which somebody is looked up. */
export interface GivenIdentity {
  readonly kind: IdentityKind
  readonly value: string
}

/** A value that identifies the subject. */
export interface Identity extends GivenIdentity {
  /** How it was found: given, or the place and field that link it. */
  readonly via: 'given' | {readonly table: string; readonly field: string}
  /** Others have it too, such as the address of a household: what is found by it alone goes to review. */
  readonly shared?: boolean
}

/** What a person has to decide before anything is done with what was found. */
export interface ReviewItem {
  readonly reason: 'shared-identity' | 'too-many-identities'
  /** The identity that several people have. */
  readonly identity: GivenIdentity
  /** Whom it may stand for: who of them is the subject, if any, nobody has said. */
  readonly candidates: readonly GivenIdentity[]
  readonly message: string
}

/** A person as a graph of identities, joined by declared links and never by a name. */
export interface Subject {
  readonly identities: readonly Identity[]
  readonly review: readonly ReviewItem[]
}

/** One row, document or file that is about the subject or mentions it. */
export interface PersonalRecord {
  readonly store: DataStore
  readonly table: string
  /** Names the record within its place for good: for receipts, and for decisions about it. */
  readonly key: string
  /** ISO 8601, UTC, where the place says it. */
  readonly at?: string
  /** Its personal fields, by their declared names, and those that tell what it is. */
  readonly fields: Readonly<Record<string, unknown>>
  readonly matchedBy: readonly Identity[]
  /** `free-text`: an identifier of the subject stands somewhere in its words; it may be about others as well. */
  readonly match: 'identity' | 'free-text'
}

/** A place that could not be asked. Whatever is done without it is partial. */
export interface Unreachable {
  readonly state: 'unreachable'
  readonly store: DataStore
  readonly table: string
  readonly message: string
}

/** Why a record is kept: a legal hold, an exception of GDPR, article 17(3), a person's decision. */
export interface KeepReason {
  readonly reason: string
  readonly citation?: string
}

/** What was decided about single records, by {@link recordId}. Everything else that was found is erased. */
export interface Decisions {
  readonly keep: ReadonlyMap<string, KeepReason>
  /** Records found by a shared identity alone which are the subject's all the same; others of these are kept. */
  readonly include?: ReadonlySet<string>
}

/** What became of the subject's records in one place. */
export interface StoreReceipt {
  readonly store: DataStore
  readonly table: string
  readonly found: number
  readonly erased: number
  readonly kept: readonly ({readonly key: string} & KeepReason)[]
  /** Whether it was looked, after erasing, and nothing of what was erased is left, to the byte where bytes can be read. */
  readonly verified: boolean
  readonly state: 'done' | 'unreachable' | 'failed'
  readonly message?: string
}

/** Something of the subject that is still there, or a place that nobody could look into. */
export interface Residue {
  readonly store: DataStore
  /** A table, or a file. */
  readonly place: string
  /** `record`: it can be read as ever. `bytes`: it stands in a file. `unverifiable`: nobody can tell. */
  readonly kind: 'record' | 'bytes' | 'unverifiable'
  readonly found: number
  readonly message: string
}

/** A change of one field of one record. */
export interface Rectification {
  readonly key: string
  readonly field: string
  readonly value: unknown
}

/**
 * One place that holds personal data, as whoever answers a person's request handles it. All methods concern the tenant
 * of the context they were opened with. What they throw makes the place unreachable, and the request partial.
 */
export interface PersonalStore {
  readonly store: DataStore
  /** As declared. */
  readonly table: string
  /** Everything about the subject that is here, each record once. */
  locate(subject: Subject): AsyncIterable<PersonalRecord>
  /** Corrects a field, for places whose rows can be changed one by one. */
  readonly rectify?: (change: Rectification) => Promise<StoreReceipt>
  /**
   * Erases what `locate` finds and the decisions do not keep. May be run again at any time, also after it was killed in
   * the middle. Logical: what is left in the files of the place is removed by `purge`.
   */
  readonly erase?: (subject: Subject, decisions: Decisions) => Promise<StoreReceipt>
  /**
   * Sees to it that nothing of what was ever erased of the subject is left in the place's files, logs, versions and
   * indices, also where an earlier attempt was killed between erasing and this.
   */
  readonly purge?: (subject: Subject) => Promise<Purged>
  /** Looks for the subject in the files behind the place, byte by byte, or says why nobody can. */
  readonly verifyErased?: (subject: Subject) => AsyncIterable<Residue>
  /**
   * Deletes records whose time is over, for places whose records have a date of their own or, where the settings give the
   * place a number of days, one from when they are counted. What is under a legal hold of the place's own stays.
   */
  readonly expire?: (terms: ExpiryTerms) => Promise<Expired>
  /** Files and directories of this machine that the place answers for, also those of other tenants. */
  readonly covers?: readonly string[]
}

export interface ExpiryTerms {
  /** For how long a record is kept that has no end of its own; undefined: as long as its owner keeps it. */
  readonly days: number | undefined
  /** Only count. */
  readonly dryRun: boolean
}

/** How many records were due, how many of them went, and how many a hold keeps. */
export interface Expired {
  readonly due: number
  readonly deleted: number
  readonly held: number
}

export interface Purged {
  readonly verified: boolean
  /** What is left to others, or why nothing can be said. */
  readonly message?: string
}

/** What a plugin brings whose data are not plain rows; `definePlugin({personalData: () => import('./personal-data.ts')})`. */
export interface PersonalData {
  /** Opens the plugin's own places for one tenant. A place of the same declaration takes the generic handler's place. */
  readonly openPersonalStores: (context: Context) => Promise<readonly PersonalStore[]>
}

/** A declaration, and what its handler can do. */
export interface Place {
  readonly declaration: PrivacyDeclaration
  /** Of the plugin that declared it. */
  readonly plugin: string
  readonly can: readonly ('locate' | 'rectify' | 'erase' | 'purge' | 'verify' | 'expire')[]
}

/** Names a record across all places, for decisions and receipts. */
export function recordId({store, table, key}: Pick<PersonalRecord, 'store' | 'table' | 'key'>): string {
  return JSON.stringify([store, table, key])
}

export function isUnreachable(found: PersonalRecord | Unreachable): found is Unreachable {
  return 'state' in found && found.state === 'unreachable'
}
