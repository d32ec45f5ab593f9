import {type Context, InvalidInputError} from '@omni-ops/core/operation'
import {ErasedPersonError, joinedIdentities, Suppressions} from '@omni-ops/core/privacy'
import type {TenantReader, TenantWriter, Unit} from '@omni-ops/core/store'
import {civilDateAt, isCivilDate} from '../clock/civil-date.ts'
import {consentGiven, consentWithdrawn} from '../events.ts'
import {consentAge, hasReached} from './child-age.ts'
import {FutureTimeError, GuardianNeededError} from './errors.ts'
import {type Person, personFrom} from './person.ts'
import type {ConsentTables} from './tables.ts'
import {currentWording, shownWording} from './wordings.ts'

/** How something was said. */
export type Channel = 'web' | 'app' | 'email' | 'phone' | 'paper' | 'in_person' | 'api' | 'other'

export interface Giving {
  readonly user: string
  readonly purpose: string
  readonly channel: Channel
  readonly language: string
  /** The hash of the text that was shown; the current one by default. */
  readonly wording?: string | undefined
  /** When it was said, ISO 8601; now by default, and never later. */
  readonly at?: string | undefined
  /** Used to see who may consent, and not kept. */
  readonly birthDate?: string | undefined
  /** Whose law says from which age a child consents alone. */
  readonly country: string
  /** Who consented for a child, or approved. */
  readonly guardian?: string | undefined
  /** Where the proof is: a form's number, a message's id. */
  readonly evidence?: string | undefined
  /** Why a consent of somebody who was erased here is taken in all the same; it stands in the audit log. */
  readonly despiteErasure?: string | undefined
}

export interface Withdrawing {
  readonly user: string
  /** All that the person has given by default. */
  readonly purpose?: string | undefined
  readonly channel: Channel
  readonly at?: string | undefined
  readonly evidence?: string | undefined
}

/** One giving or withdrawal, as it was written down. */
export interface ConsentEntry {
  readonly id: string
  readonly action: 'given' | 'withdrawn'
  readonly purpose: string
  readonly at: string
  readonly recordedAt: string
  readonly channel: string
  readonly language: string | null
  readonly wordingHash: string | null
  readonly country: string | null
  readonly ageCheck: string | null
  readonly guardian: string | null
  readonly evidence: string | null
  readonly recordedBy: string
}

/** `wording_changed`: given to another text than the one that is asked now. */
export type ConsentStatus = 'given' | 'withdrawn' | 'never' | 'wording_changed'

export interface ConsentState {
  readonly purpose: string
  readonly status: ConsentStatus
  /** When that became so; null for `never`. */
  readonly since: string | null
  /** The entry that it follows from. */
  readonly entry: ConsentEntry | null
}

/**
 * Writes down that a person consented to one purpose. Of somebody who was erased here it takes a reason: a list that is
 * imported again is no consent, and a person who has come back is.
 * @throws GuardianNeededError, WordingNotFoundError, FutureTimeError, ErasedPersonError
 */
export async function giveConsent(context: Context, giving: Giving): Promise<ConsentEntry> {
  const person = personFrom(giving.user)
  const {purpose} = giving
  const at = timeOf(context, giving.at)
  const ageCheck = checkAge(context, giving, at)
  const store = await context.store()
  const suppressions = await Suppressions.open(context)
  let isErased = false
  const audit = (entry: ConsentEntry) => ({
    action: 'consent.given',
    resource: `consent:${entry.id}`,
    details: {
      purpose,
      wording: entry.wordingHash,
      channel: giving.channel,
      age_check: ageCheck,
      ...(isErased ? {despite_erasure: giving.despiteErasure ?? ''} : {}),
    },
    personal: {person: person.value},
  })
  return store.unit(context, {audit}, async unit => {
    isErased = await wasErased(suppressions, unit, person)
    if (isErased && giving.despiteErasure === undefined) {
      throw new ErasedPersonError('This person was erased here, and their consent is not written down', {
        hint: 'where they have come back and consented themselves, let them in with omni gdpr suppression lift, or this once with --despite-erasure REASON',
      })
    }
    const database = unit.database<ConsentTables>()
    const wording = await shownWording(database, {purpose, language: giving.language, hash: giving.wording})
    const entry = await append(context, database, person, {
      action: 'given',
      purpose,
      at,
      channel: giving.channel,
      language: wording.language,
      wordingHash: wording.hash,
      country: giving.country,
      ageCheck,
      guardian: giving.guardian ?? null,
      evidence: giving.evidence ?? null,
    })
    await unit.publish(consentGiven, {consent: entry.id, purpose})
    return entry
  })
}

/** Whether somebody of this description was erased here. An identifier of one's own may have been declared as any kind. */
async function wasErased(suppressions: Suppressions, unit: Unit, {kind, value}: Person): Promise<boolean> {
  const kinds = kind === 'user_id' ? (['user', 'customer', 'contact', 'principal'] as const) : ([kind] as const)
  const intake = {identities: kinds.map(each => ({kind: each, value}))}
  return (await suppressions.within(unit, [intake])).size > 0
}

/**
 * Writes down that a person withdrew what they gave, under whichever of their identities, for one purpose or all. What
 * was done before stays lawful: the entries of the giving are not touched. Nothing is written where there was nothing to
 * withdraw.
 * @throws FutureTimeError
 */
export async function withdrawConsent(context: Context, withdrawing: Withdrawing): Promise<ConsentEntry[]> {
  const persons = await personsOf(withdrawing.user, context)
  const at = timeOf(context, withdrawing.at)
  const store = await context.store()
  const audit = (entries: readonly ConsentEntry[]) => ({
    action: 'consent.withdrawn',
    resource: entries.length === 1 ? `consent:${entries[0]?.id}` : 'consents',
    details: {purposes: entries.map(({purpose}) => purpose), channel: withdrawing.channel},
    ...(entries.length === 0 ? {} : {personal: {person: personFrom(withdrawing.user).value}}),
  })
  return store.unit(context, {audit}, async unit => {
    const database = unit.database<ConsentTables>()
    const entries: ConsentEntry[] = []
    // Of each identity for itself: what joins them may be gone tomorrow.
    for (const person of persons) {
      const given = latestByPurpose(await entriesOf(database, [person], {purpose: withdrawing.purpose, until: at}))
      for (const {action, purpose, language, wordingHash} of given.values()) {
        if (action === 'withdrawn') continue
        const entry = await append(context, database, person, {
          action: 'withdrawn',
          purpose,
          at,
          channel: withdrawing.channel,
          language,
          wordingHash,
          country: null,
          ageCheck: null,
          guardian: null,
          evidence: withdrawing.evidence ?? null,
        })
        await unit.publish(consentWithdrawn, {consent: entry.id, purpose})
        entries.push(entry)
      }
    }
    return entries
  })
}

/**
 * The person as the ledger may know them: as described, and by every identity that declared links join to that. An address
 * that several people have joins nobody.
 */
async function personsOf(user: string, context: Context): Promise<readonly Person[]> {
  const described = personFrom(user)
  const kinds =
    described.kind === 'user_id' ? (['user', 'customer', 'contact', 'principal'] as const) : [described.kind]
  const given = kinds.map(kind => ({kind, value: described.value}))
  const {identities} = await joinedIdentities(given, context)
  const joined = identities
    .filter(({shared, via}) => shared !== true && via !== 'given')
    .flatMap(({kind, value}): Person[] => {
      if (kind === 'email') return [{kind, value: value.trim().normalize('NFC').toLowerCase()}]
      if (kind === 'phone') return phoneAsStored(value)
      return [{kind: 'user_id', value}]
    })
  const distinct = new Map([described, ...joined].map(person => [`${person.kind} ${person.value}`, person]))
  return [...distinct.values()]
}

/** A number as the ledger writes it; none where it does not say of which country it is. */
function phoneAsStored(value: string): Person[] {
  const person = personFrom(value)
  return person.kind === 'phone' ? [person] : []
}

/** Whether there is consent to a purpose, now or as it was at a time. */
export async function checkConsent(
  context: Context,
  {user, purpose, at}: {readonly user: string; readonly purpose: string; readonly at?: string | undefined},
): Promise<ConsentState> {
  const database = (await context.store()).read<ConsentTables>(context.tenant)
  const until = at === undefined ? undefined : instant(at)
  const entries = await entriesOf(database, await personsOf(user, context), {purpose, until})
  return stateOf(database, purpose, entries.at(-1), until)
}

/** All that is known of a person's consents: how each purpose stands, and every entry, the oldest first. */
export async function listConsents(
  context: Context,
  {user, purpose}: {readonly user: string; readonly purpose?: string | undefined},
): Promise<{readonly states: readonly ConsentState[]; readonly entries: readonly ConsentEntry[]}> {
  const database = (await context.store()).read<ConsentTables>(context.tenant)
  const entries = await entriesOf(database, await personsOf(user, context), {purpose})
  const states = []
  for (const [name, entry] of latestByPurpose(entries)) states.push(await stateOf(database, name, entry, undefined))
  return {states, entries}
}

async function stateOf(
  database: TenantReader<ConsentTables>,
  purpose: string,
  entry: ConsentEntry | undefined,
  at: string | undefined,
): Promise<ConsentState> {
  if (entry === undefined) return {purpose, status: 'never', since: null, entry: null}
  if (entry.action === 'withdrawn') return {purpose, status: 'withdrawn', since: entry.at, entry}
  const asked = entry.language === null ? undefined : await currentWording(database, purpose, entry.language, at)
  if (asked === undefined || asked.hash === entry.wordingHash) return {purpose, status: 'given', since: entry.at, entry}
  return {purpose, status: 'wording_changed', since: asked.addedAt, entry}
}

function latestByPurpose(entries: readonly ConsentEntry[]): ReadonlyMap<string, ConsentEntry> {
  return new Map(entries.map(entry => [entry.purpose, entry]))
}

/**
 * A person's entries in the order in which things were said; what was said at one instant, as it was written down. Where
 * that too was in one instant, a withdrawal comes last.
 */
async function entriesOf(
  database: TenantReader<ConsentTables>,
  persons: readonly Person[],
  {purpose, until}: {readonly purpose?: string | undefined; readonly until?: string | undefined},
): Promise<ConsentEntry[]> {
  let query = database
    .selectFrom('privacy_consents')
    .selectAll()
    .where(row => row.or(persons.map(({kind, value}) => row(kind, '=', value))))
    .orderBy('at')
    .orderBy('recorded_at')
    .orderBy('action')
    .orderBy('id')
  if (purpose !== undefined) query = query.where('purpose', '=', purpose)
  if (until !== undefined) query = query.where('at', '<=', until)
  return (await query.execute()).map(entryFrom)
}

async function append(
  context: Context,
  database: TenantWriter<ConsentTables>,
  person: Person,
  said: Omit<ConsentEntry, 'id' | 'recordedAt' | 'recordedBy'>,
): Promise<ConsentEntry> {
  const row = {
    id: context.random.id(),
    action: said.action,
    purpose: said.purpose,
    email: null,
    phone: null,
    user_id: null,
    [person.kind]: person.value,
    at: said.at,
    recorded_at: context.clock.now().toISOString(),
    channel: said.channel,
    language: said.language,
    wording_hash: said.wordingHash,
    country: said.country,
    age_check: said.ageCheck,
    guardian: said.guardian,
    evidence: said.evidence,
    recorded_by: context.principal.id,
  }
  await database.insertInto('privacy_consents').values(row).execute()
  return entryFrom(row)
}

interface ConsentRow {
  readonly id: string
  readonly action: string
  readonly purpose: string
  readonly at: string
  readonly recorded_at: string
  readonly channel: string
  readonly language: string | null
  readonly wording_hash: string | null
  readonly country: string | null
  readonly age_check: string | null
  readonly guardian: string | null
  readonly evidence: string | null
  readonly recorded_by: string
}

function entryFrom(row: ConsentRow): ConsentEntry {
  return {
    id: row.id,
    action: row.action === 'given' ? 'given' : 'withdrawn',
    purpose: row.purpose,
    at: row.at,
    recordedAt: row.recorded_at,
    channel: row.channel,
    language: row.language,
    wordingHash: row.wording_hash,
    country: row.country,
    ageCheck: row.age_check,
    guardian: row.guardian,
    evidence: row.evidence,
    recordedBy: row.recorded_by,
  }
}

function checkAge(
  context: Context,
  {birthDate, country, guardian}: Giving,
  at: string,
): 'not_asked' | 'of_age' | 'guardian' {
  if (guardian !== undefined) return 'guardian'
  if (birthDate === undefined) return 'not_asked'
  if (!isCivilDate(birthDate)) throw new InvalidInputError(`${birthDate} is no date`, {hint: 'write 2011-05-30'})
  const {age, citation, verified} = consentAge(country)
  const today = civilDateAt(new Date(at), context.settings.get('privacy.time_zone') as string)
  if (hasReached(age, birthDate, today)) return 'of_age'
  throw new GuardianNeededError(
    `In ${country} a child consents alone from the age of ${age} (${citation}${verified ? '' : ', not verified'})`,
    {hint: 'ask a parent or guardian, and name them with --guardian'},
  )
}

function timeOf(context: Context, given: string | undefined): string {
  const now = context.clock.now().toISOString()
  if (given === undefined) return now
  const at = instant(given)
  if (at > now) throw new FutureTimeError(`${at} has not come yet`, {hint: 'leave the time out for now'})
  return at
}

function instant(text: string): string {
  const date = new Date(text)
  if (Number.isNaN(date.getTime())) throw new InvalidInputError(`Not a time: ${text}`)
  return date.toISOString()
}
