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

/** What a value identifies a person by. A subject is looked up by values of these kinds. */
export type IdentityKind = 'email' | 'phone' | 'principal' | 'customer'

/** A field that says something about a person. */
export interface PersonalField {
  readonly category: DataCategory
  /** Set where the value itself identifies the person. */
  readonly identity?: IdentityKind
}

/** A field is personal or declared not to be; there is no third. */
export type FieldDeclaration = PersonalField | 'non-personal'

/** How the person behind a row is found. */
export type SubjectPath =
  /** A field of the row identifies the person. */
  | {readonly field: string}
  /** Persons are mentioned in the free text of a field, without a key: they are found by searching it. */
  | {readonly field: string; readonly freeText: true}
  /** A field of the row refers to a row of another table, which leads on to the person. */
  | {readonly field: string; readonly table: string; readonly to: string}

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
  /** These fields are emptied. */
  | {readonly clear: readonly string[]}
  /** Nothing, for a reason that outweighs erasure (GDPR, article 17(3)). */
  | {readonly kept: string}

/** Where data can be. */
export type DataStore = 'sql' | 'vectors' | 'file'

/** What one table, vector table or kind of file holds, field by field. */
export interface PrivacyDeclaration {
  readonly store: DataStore
  /** The name of the table, or of the kind of file. */
  readonly table: string
  readonly fields: Readonly<Record<string, FieldDeclaration>>
  /** Required where a field is personal. */
  readonly personal?: {
    /** Why it is processed, in words that a person can be shown. */
    readonly purpose: string
    readonly subject: SubjectPath
    readonly retention: Retention
    readonly erasure: Erasure
  }
}

/**
 * Checks a declaration and gives it back.
 * @throws PrivacyDeclarationError if a personal field lacks purpose, subject, retention and erasure, if they are given
 *   without a personal field, or if they name a field that is not declared
 */
export function declarePersonalData(declaration: PrivacyDeclaration): PrivacyDeclaration {
  const {store, table, fields, personal} = declaration
  const place = `${store} ${table}`
  const hasPersonal = Object.values(fields).some(field => field !== 'non-personal')
  if (hasPersonal && personal === undefined) {
    throw new PrivacyDeclarationError(`${place} has personal fields and says neither why nor for how long`)
  }
  if (!hasPersonal && personal !== undefined) {
    throw new PrivacyDeclarationError(`${place} has no personal field and declares a purpose for them`)
  }
  for (const name of personal === undefined ? [] : namedFields(personal)) {
    if (!Object.hasOwn(fields, name)) throw new PrivacyDeclarationError(`${place} has no field ${name}`)
  }
  return declaration
}

function namedFields({subject, retention, erasure}: NonNullable<PrivacyDeclaration['personal']>): string[] {
  return [
    subject.field,
    ...(typeof retention === 'object' && 'after' in retention ? [retention.after] : []),
    ...(typeof erasure === 'object' && 'clear' in erasure ? erasure.clear : []),
  ]
}
