import {
  type GivenIdentity,
  identityOf,
  isKept,
  type PersonalRecord,
  type PersonalTerms,
  type Place,
  placeName,
} from '@omni-ops/core/privacy'
import {type Hold, holdOn} from '../holds/holds.ts'
import {heldException, sharedIdentity} from './exceptions.ts'
import {type RedactOptions, redactRecord} from './redact.ts'
import type {Item} from './request-book.ts'
import type {SubjectRequest} from './request.ts'
import {measureOf} from './right.ts'

export interface DecideOptions {
  readonly request: Pick<SubjectRequest, 'right' | 'instructions'>
  readonly place: Place
  readonly holds: readonly Hold[]
  readonly redact: RedactOptions
}

/**
 * What a request does with one record, by rule; a person may decide otherwise in review. Undefined where the right does not reach
 * the record. In the order of what beats what: a shared address says nothing; a hold beats erasure; then the terms of the place.
 */
export function decideRecord(record: PersonalRecord, options: DecideOptions): Omit<Item, 'seq'> | undefined {
  const {request, place} = options
  const terms = place.declaration.personal
  const measure = measureOf(request.right)
  const item = {
    place: placeName(record),
    key: record.key,
    // Of what is given out, nothing may be told that was not looked through for others.
    label: measure === 'disclose' ? null : labelOf(record),
    match: record.match,
    reason: null,
    citation: null,
    redacted: 0,
    record: null,
  } as const
  if (request.right === 'portability' && !isPortable(record, terms)) return undefined
  if (isSharedAlone(record)) {
    // Somebody may decide to give it out after all.
    const given =
      measure === 'disclose' && request.right !== 'know_categories'
        ? disclosureOf(record, asItsPerson(record, options))
        : {}
    return {...item, decision: 'keep', ...sharedIdentity, ...given}
  }
  if (measure === 'erase') return {...item, ...erasureOf(record, options)}
  // Categories are told by the terms of the places: no record is given out, nor refused.
  if (request.right === 'know_categories') return {...item, decision: 'keep'}
  if (measure === 'disclose') return {...item, decision: 'disclose', ...disclosureOf(record, options)}
  const changed = request.instructions.changes?.some(each => each.place === item.place && each.key === record.key)
  return {...item, decision: measure === 'rectify' && changed === true ? 'correct' : 'keep'}
}

/** As if the record were the subject's, which somebody may decide: then what its links identify is theirs too. */
function asItsPerson({fields}: PersonalRecord, options: DecideOptions): DecideOptions {
  const {declaration} = options.place
  const linked = (declaration.personal?.links ?? []).flatMap((name): GivenIdentity[] => {
    const kind = identityOf(declaration.fields[name])
    const value = fields[name]
    return kind === undefined || typeof value !== 'string' ? [] : [{kind, value}]
  })
  return {...options, redact: {...options.redact, identities: [...options.redact.identities, ...linked]}}
}

/**
 * Whether a place is of the requests themselves, or of what recipients have yet to be told. They are about the person as well: kept as
 * long as they are open, and no reason to say that the person is known.
 */
export function isOfRequests(place: string): boolean {
  return place.startsWith('sql privacy_request') || place === 'sql privacy_notices'
}

/** Whether a record was found by nothing but addresses that others have too. */
export function isSharedAlone({matchedBy}: Pick<PersonalRecord, 'matchedBy'>): boolean {
  return matchedBy.length > 0 && matchedBy.every(({shared}) => shared === true)
}

/** GDPR, article 20(1): what the person provided, on consent or a contract; not what was observed, inferred or told by others. */
function isPortable({match}: PersonalRecord, terms: PersonalTerms | undefined): boolean {
  if (terms === undefined || match === 'free-text') return false
  return (terms.basis === 'consent' || terms.basis === 'contract') && terms.origin === 'provided'
}

function erasureOf(
  record: PersonalRecord,
  {place, holds, redact}: DecideOptions,
): Pick<Item, 'decision' | 'reason' | 'citation'> {
  const hold = holdOn(placeName(record), redact.identities, holds)
  if (hold) {
    return {decision: 'keep', reason: `held for ${hold.matter}`, citation: heldException.citation}
  }
  const erasure = place.declaration.personal?.erasure
  if (isKept(erasure)) {
    return {decision: 'keep', reason: erasure.kept, citation: erasure.citation ?? 'GDPR, Article 17(3)'}
  }
  return {decision: 'erase', reason: null, citation: null}
}

function disclosureOf(
  record: PersonalRecord,
  {request, place, redact}: DecideOptions,
): Pick<Item, 'redacted' | 'record'> {
  const given = request.right === 'portability' ? {...record, fields: providedFields(record, place)} : record
  const {fields, count} = redactRecord(given, place.declaration, redact)
  return {redacted: count, record: {...(record.at === undefined ? {} : {at: record.at}), fields}}
}

function providedFields({fields}: PersonalRecord, {declaration}: Place): PersonalRecord['fields'] {
  return Object.fromEntries(
    Object.entries(fields).filter(([name]) => {
      const declared = declaration.fields[name]
      return declared === undefined || declared === 'non-personal' || (declared.origin ?? 'provided') === 'provided'
    }),
  )
}

/** Fields by which a person recognises a record, in the order of how much they tell. */
const telling = ['source', 'title', 'subject', 'name', 'email', 'question', 'prompt', 'message', 'text'] as const
const longestLabel = 80

/** What a person who decides about a record is shown of it; gone with the rest when the request is closed. */
function labelOf({fields}: PersonalRecord): string | null {
  const named = telling.map(field => fields[field]).find(value => typeof value === 'string' && value !== '')
  if (typeof named !== 'string') return null
  const line = named.replaceAll(/\s+/g, ' ').trim()
  return line.length > longestLabel ? `${line.slice(0, longestLabel - 1).toWellFormed()}…` : line
}
