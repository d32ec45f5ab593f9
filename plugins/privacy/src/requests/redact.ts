import {
  type GivenIdentity,
  identityOf,
  type PersonalRecord,
  type PrivacyDeclaration,
  sameIdentity,
} from '@omni-ops/core/privacy'
import type {Detector} from '../detect/detector.ts'
import type {EntityType, Span} from '../detect/entity.ts'

/** What tells of somebody: taken out unless it is of the subject. Places, dates and organisations alone tell of nobody. */
const personal: ReadonlySet<EntityType> = new Set([
  'PERSON',
  'EMAIL_ADDRESS',
  'PHONE_NUMBER',
  'ADDRESS',
  'DATE_OF_BIRTH',
  'IBAN',
  'BANK_ACCOUNT',
  'CREDIT_CARD',
  'US_SSN',
  'NATIONAL_ID',
  'SI_EMSO',
  'TAX_NUMBER',
  'PASSPORT',
  'DRIVER_LICENSE',
  'MEDICAL_RECORD',
  'HEALTH_PLAN',
  'VEHICLE_ID',
])

/** Names a person by itself; the rest belongs to whoever was named last. */
const naming: ReadonlySet<EntityType> = new Set(['PERSON', 'EMAIL_ADDRESS'])

/**
 * What is never given out, not even to the person it is about (11 CCR 7024(d)): numbers of the government, of accounts, of health
 * insurance.
 */
export const neverDisclosed: ReadonlySet<EntityType> = new Set([
  'US_SSN',
  'NATIONAL_ID',
  'SI_EMSO',
  'TAX_NUMBER',
  'PASSPORT',
  'DRIVER_LICENSE',
  'IBAN',
  'BANK_ACCOUNT',
  'CREDIT_CARD',
  'HEALTH_PLAN',
  'MEDICAL_RECORD',
])

export interface RedactOptions {
  readonly detector: Detector
  readonly identities: readonly GivenIdentity[]
  /** What the subject is called, where that was told or stands in records about them. */
  readonly names?: readonly string[]
  /** Taken out although it is of the subject. */
  readonly never?: ReadonlySet<EntityType>
}

export interface Redacted {
  readonly fields: Readonly<Record<string, unknown>>
  /** How many pieces were taken out. */
  readonly count: number
}

/**
 * Takes out of a record what it tells of others (GDPR, article 15(4)): values of fields that identify somebody else, and in texts
 * what the detector finds and is not of the subject. A number or an address in a text belongs to whoever is named last before
 * it; where nobody is named, to the subject in a row about the subject, and to somebody else in a text that only mentions them.
 */
export function redactRecord(
  record: PersonalRecord,
  declaration: PrivacyDeclaration,
  options: RedactOptions,
): Redacted {
  let count = 0
  const redactText = (text: string, field: string): string => {
    const {text: clean, count: taken} = redactOthers(text, {...options, field, about: record.match === 'identity'})
    count += taken
    return clean
  }
  const clean = (value: unknown, field: string): unknown => {
    if (typeof value === 'string') return redactText(value, field)
    if (Array.isArray(value)) return value.map(each => clean(each, field))
    if (value === null || typeof value !== 'object' || value instanceof Uint8Array) return value
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, clean(each, key)]))
  }
  const alone = isAboutSubjectAlone(record, declaration, options)
  const fields = Object.fromEntries(
    Object.entries(record.fields).map(([name, value]) => {
      const declared = declaration.fields[name]
      if (declared === 'non-personal') return [name, value]
      // What a row about one person says of them in a field of its own, such as their name, is theirs.
      if (alone && declared?.category !== 'user.content' && options.never === undefined) return [name, value]
      if (identityOf(declared) === undefined || typeof value !== 'string') return [name, clean(value, name)]
      if (isOfSubject(value, options)) return [name, value]
      count += 1
      return [name, '[someone else]']
    }),
  )
  return {fields, count}
}

/** Names of the subject in a row that is about nobody else. */
export function namesIn(
  record: PersonalRecord,
  declaration: PrivacyDeclaration,
  identities: readonly GivenIdentity[],
): string[] {
  if (!isAboutSubjectAlone(record, declaration, {identities})) return []
  return Object.entries(record.fields).flatMap(([name, value]) => {
    const declared = declaration.fields[name]
    const isName = declared !== undefined && declared !== 'non-personal' && declared.category.startsWith('user.name')
    return isName && typeof value === 'string' && value.trim() !== '' ? [value] : []
  })
}

/** Whether a row is about the subject and no field of it identifies somebody else. */
function isAboutSubjectAlone(
  {match, fields}: PersonalRecord,
  declaration: PrivacyDeclaration,
  options: Pick<RedactOptions, 'identities'>,
): boolean {
  if (match !== 'identity') return false
  return Object.entries(fields).every(([name, value]) => {
    if (identityOf(declaration.fields[name]) === undefined || typeof value !== 'string') return true
    return isOfSubject(value, options)
  })
}

function redactOthers(
  text: string,
  options: RedactOptions & {readonly field: string; readonly about: boolean},
): {text: string; count: number} {
  const spans = options.detector.detect(text, {field: options.field})
  const pieces: string[] = []
  let at = 0
  let count = 0
  let lastIsSubject = options.about
  for (const [index, span] of spans.entries()) {
    const value = text.slice(span.start, span.end)
    const named = isOfSubject(value, options) || isBesideIdentifier(text, span, spans[index + 1], options)
    const own = naming.has(span.type) ? named : lastIsSubject || named
    if (naming.has(span.type)) lastIsSubject = own
    if (!isTakenOut(span, own, options)) continue
    pieces.push(text.slice(at, span.start), `[${span.type}]`)
    at = span.end
    count += 1
  }
  return {text: pieces.join('') + text.slice(at), count}
}

/** What may stand between a name and the address that belongs to it: `Ana Novak <ana@example.com>`, `Ana Novak, ana@…`. */
const between = /^[\s<(,;:[–-]{1,3}(?:e-?mail|mail|tel|phone)?[.:\s]{0,3}$/iu

/** Whether a name stands directly before an identifier of the subject. */
function isBesideIdentifier(text: string, span: Span, next: Span | undefined, options: RedactOptions): boolean {
  if (span.type !== 'PERSON' || next === undefined) return false
  if (!between.test(text.slice(span.end, next.start))) return false
  const value = text.slice(next.start, next.end)
  return options.identities.some(identity => sameAs(value, identity))
}

function isTakenOut({type}: Span, own: boolean, {never}: RedactOptions): boolean {
  return never?.has(type) === true || (personal.has(type) && !own)
}

function isOfSubject(value: string, {identities, names = []}: Pick<RedactOptions, 'identities' | 'names'>): boolean {
  if (identities.some(identity => sameAs(value, identity))) return true
  return names.some(name => isSameName(folded(value), folded(name)))
}

function sameAs(value: string, {kind, value: own}: GivenIdentity): boolean {
  return sameIdentity(kind, value, own)
}

/** As many letters of a word as stay when a name is inflected: Novak, Novaka, Novaku. */
const stemLength = 4

/** Whether every word of a name found is one of the subject's, in whatever case it stands. */
function isSameName(found: string, own: string): boolean {
  const words = own.split(/[^\p{L}]+/u).filter(word => word.length > 1)
  const parts = found.split(/[^\p{L}]+/u).filter(word => word.length > 1)
  if (parts.length === 0) return false
  return parts.every(part =>
    words.some(word => {
      const stem = word.slice(0, Math.max(2, Math.min(stemLength, word.length - 1)))
      return part === word || (part.startsWith(stem) && Math.abs(part.length - word.length) <= 3)
    }),
  )
}

function folded(text: string): string {
  return text.normalize('NFC').trim().toLowerCase()
}
