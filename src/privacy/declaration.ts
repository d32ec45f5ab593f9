import {ExitCode, OmniError} from '../operation/errors.ts'

/** A declaration contradicts itself. A mistake in our own code, found when the plugin is loaded in a test. */
export class PrivacyDeclarationError extends OmniError {
  readonly code = 'privacy_declaration'
  readonly exitCode = ExitCode.bug
  readonly httpStatus = 500
}

/**
 * What kind of personal data a field holds: a path from general to special in the manner of the Fideslang taxonomy
 * (https://ethyca.github.io/fideslang/taxonomy/data_categories/), `user.contact.email`.
 */
export type DataCategory = `user.${string}`

/** What a value identifies a person by. A subject is looked up by values of these kinds; a name is none of them. */
export const identityKinds = [
  'email',
  'phone',
  'principal',
  'user',
  'customer',
  'contact',
  'pseudonym',
  'device',
  'browser',
] as const
export type IdentityKind = (typeof identityKinds)[number]

/** What makes processing lawful: GDPR, article 6(1)(a) to (f). */
export type LegalBasis =
  'consent' | 'contract' | 'legal-obligation' | 'vital-interests' | 'public-task' | 'legitimate-interests'

/** Where the data come from: GDPR, articles 14(2)(f) and 15(1)(g). Article 20 is about what was provided alone. */
export type DataOrigin = 'provided' | 'observed' | 'inferred' | 'others'

/** A field that says something about a person. */
export interface PersonalField {
  readonly category: DataCategory
  /** Set where the value itself identifies the person. */
  readonly identity?: IdentityKind
  /** Where it differs from the row's. */
  readonly origin?: DataOrigin
  /** Of the categories of GDPR, article 9(1), or about convictions, article 10. */
  readonly special?: boolean
}

/** A field is personal or declared not to be; there is no third. */
export type FieldDeclaration = PersonalField | 'non-personal'

/** How the person behind a row is found. */
export type SubjectPath =
  /** A field of the row identifies the person. */
  | {readonly field: string}
  /** Persons are mentioned in the free text of a field, without a key: they are found by searching it. */
  | {readonly field: string; readonly freeText: true}
  /** A field of the row refers to a row of another table of the same store, which leads on to the person. */
  | {readonly field: string; readonly table: string; readonly to: string}
  /** Nobody can tell whose a row is, for this reason: rows can only go all together. */
  | {readonly untraceable: string}

/** How long a row is kept. */
export type Retention =
  /** Days after the time in a field of the row. */
  | {readonly days: number; readonly after: string}
  /** As long as its owner keeps it. */
  | 'until-removed'
  /** For good, for a reason that outweighs erasure (GDPR, article 17(3)). */
  | {readonly kept: string}

/** What erasing the person does to a row. */
export type Erasure =
  | 'delete-row'
  /** The tenant's rows go all together, which costs time and no knowledge: what they hold can be made again. */
  | 'delete-all'
  /** These fields are emptied. */
  | {readonly clear: readonly string[]}
  /** Nothing, for a reason that outweighs erasure (GDPR, article 17(3)). */
  | {readonly kept: string; readonly citation?: string}

/**
 * Where data can be: rows of the database, vector tables, files, another party's service, what programs write down
 * about themselves, copies of the database.
 */
export const dataStores = ['sql', 'vectors', 'file', 'remote', 'log', 'backup'] as const
export type DataStore = (typeof dataStores)[number]

/** What one table, vector table or kind of file holds, field by field. */
export interface PrivacyDeclaration {
  readonly store: DataStore
  /** The name of the table, or of the kind of file. */
  readonly table: string
  readonly fields: Readonly<Record<string, FieldDeclaration>>
  /** Required where a field is personal. */
  readonly personal?: PersonalTerms
}

/** On what terms a table holds personal data. */
export interface PersonalTerms {
  /** Why it is processed, in words that a person can be shown. */
  readonly purpose: string
  readonly basis: LegalBasis
  readonly origin: DataOrigin
  /** Who gets it beside the controller; nobody by default. A processor that settings choose is named as such. */
  readonly recipients?: readonly string[]
  /** Where it is kept, where that is not where the deployment is. */
  readonly residency?: string
  readonly subject: SubjectPath
  /**
   * Fields with an identity that are all of one and the same person: they join what is known of that person. Fields
   * that are not listed here identify each somebody of their own, such as the sender and the receiver of a message.
   */
  readonly links?: readonly string[]
  /** Fields that are shown to nobody, such as the digest of a key: they protect the system or others. */
  readonly withheld?: readonly string[]
  readonly retention: Retention
  readonly erasure: Erasure
}

/**
 * Checks a declaration and gives it back.
 * @throws PrivacyDeclarationError if a personal field lacks the terms it is held on, if they are given without a personal
 *   field or lack a part, if they name a field that is not declared, link a field that identifies nobody, empty some personal
 *   fields and not others, or say how rows are deleted that cannot be found
 */
export function declarePersonalData(declaration: PrivacyDeclaration): PrivacyDeclaration {
  const {store, table, fields, personal} = declaration
  const refuse = (reason: string): never => {
    throw new PrivacyDeclarationError(`${store} ${table} ${reason}`)
  }
  const hasPersonal = Object.values(fields).some(field => field !== 'non-personal')
  if (personal === undefined)
    return hasPersonal ? refuse('has personal fields and no terms they are held on') : declaration
  if (!hasPersonal) refuse('has no personal field and declares a purpose for them')
  // Plugins of others are plain JavaScript, where no compiler asks for them.
  for (const part of ['purpose', 'basis', 'origin', 'subject', 'retention', 'erasure'] as const) {
    if (personal[part] === undefined) refuse(`does not say its ${part}`)
  }
  for (const name of namedFields(personal)) if (!Object.hasOwn(fields, name)) refuse(`has no field ${name}`)
  for (const name of personal.links ?? [])
    if (identityOf(fields[name]) === undefined) refuse(`links ${name}, which identifies nobody`)
  const {subject, erasure} = personal
  const emptied = typeof erasure === 'object' && 'clear' in erasure ? erasure.clear : undefined
  const left = emptied && personalFields(declaration).filter(name => !emptied.includes(name))
  if (left && left.length > 0) refuse(`would still be about the person by ${left.join(', ')}, which is not emptied`)
  if ('untraceable' in subject && erasure !== 'delete-all' && !isKept(erasure)) {
    refuse('cannot tell whose a row is, so that rows are deleted all or kept')
  }
  return declaration
}

/** Whether rows stay as they are when the person is erased. */
export function isKept(erasure: Erasure | undefined): erasure is Extract<Erasure, {readonly kept: string}> {
  return typeof erasure === 'object' && 'kept' in erasure
}

/** By what the value of a field identifies somebody, if it does. */
export function identityOf(field: FieldDeclaration | undefined): IdentityKind | undefined {
  return field === undefined || field === 'non-personal' ? undefined : field.identity
}

/** The fields of a table that say something about a person. */
export function personalFields({fields}: PrivacyDeclaration): string[] {
  return Object.entries(fields).flatMap(([name, field]) => (field === 'non-personal' ? [] : [name]))
}

function namedFields({subject, links = [], withheld = [], retention, erasure}: PersonalTerms): string[] {
  return [
    ...('field' in subject ? [subject.field] : []),
    ...links,
    ...withheld,
    ...(typeof retention === 'object' && 'after' in retention ? [retention.after] : []),
    ...(typeof erasure === 'object' && 'clear' in erasure ? erasure.clear : []),
  ]
}
