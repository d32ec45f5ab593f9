import {ConflictError, type Context, NotFoundError} from '@omni-ops/core/operation'
import {type GivenIdentity, IdentifierSearch, type Identity} from '@omni-ops/core/privacy'
import type {Unit} from '@omni-ops/core/store'
import type {NoticeChannel, RecipientRole, RecipientTables} from './tables.ts'

export interface Recipient {
  readonly id: string
  readonly name: string
  readonly role: RecipientRole
  readonly country: string
  readonly channel: NoticeChannel
  readonly contact: string | null
  readonly places: readonly string[]
}

/** One line of the ledger. */
export interface Disclosure {
  readonly id: string
  readonly recipient: string
  readonly subject: GivenIdentity
  readonly place: string | null
  readonly purpose: string
  readonly disclosedAt: string
}

export class RecipientNotFoundError extends NotFoundError {
  override readonly code = 'gdpr_recipient_not_found'
}

/** There are disclosures to the recipient, who would have to be told of what becomes of them. */
export class RecipientInUseError extends ConflictError {
  override readonly code = 'gdpr_recipient_in_use'
}

/** Adds a recipient, or changes what is known of one. */
export async function setRecipient(recipient: Recipient, context: Context): Promise<Recipient> {
  const {id, ...known} = recipient
  const store = await context.store()
  const audit = {action: 'recipient.set', resource: `privacy-recipient:${id}`, details: {role: known.role}}
  await store.unit(context, {audit}, async unit => {
    await unit
      .database<RecipientTables>()
      .insertInto('privacy_recipients')
      .values({id, ...known, created_at: context.clock.now().toISOString()})
      .onConflict(conflict => conflict.column('id').doUpdateSet(known))
      .execute()
  })
  return recipient
}

/** @throws RecipientNotFoundError, RecipientInUseError */
export async function removeRecipient(id: string, context: Context): Promise<void> {
  const store = await context.store()
  await store.unit(context, {audit: {action: 'recipient.removed', resource: `privacy-recipient:${id}`}}, async unit => {
    const database = unit.database<RecipientTables>()
    for (const table of ['privacy_disclosures', 'privacy_notices'] as const) {
      const used = await database.selectFrom(table).select('id').where('recipient', '=', id).executeTakeFirst()
      if (used) {
        throw new RecipientInUseError(`Data were disclosed to ${id}, which stays known for that`, {
          hint: 'change it with omni gdpr recipients set',
        })
      }
    }
    const {numDeletedRows} = await database.deleteFrom('privacy_recipients').where('id', '=', id).executeTakeFirst()
    if (numDeletedRows === 0n) throw unknownRecipient(id)
  })
}

export async function listRecipients(context: Context): Promise<Recipient[]> {
  const rows = await (
    await context.store()
  )
    .read<RecipientTables>(context.tenant)
    .selectFrom('privacy_recipients')
    .selectAll()
    .orderBy('id')
    .execute()
  return rows.map(({id, name, role, country, channel, contact, places}) => ({
    id,
    name,
    role,
    country,
    channel,
    contact,
    places,
  }))
}

/** Writes into the ledger that data of a person went to a recipient. @throws RecipientNotFoundError */
export async function recordDisclosure(
  disclosure: Omit<Disclosure, 'id' | 'disclosedAt' | 'subject'> & {readonly subjects: readonly GivenIdentity[]},
  context: Context,
): Promise<Disclosure[]> {
  const {recipient, subjects, place, purpose} = disclosure
  const store = await context.store()
  const disclosedAt = context.clock.now().toISOString()
  const written = subjects.map(subject => ({id: context.random.id(), recipient, subject, place, purpose, disclosedAt}))
  const audit = {action: 'disclosure.recorded', resource: `privacy-recipient:${recipient}`, details: {place, purpose}}
  await store.unit(context, {audit}, async unit => {
    const database = unit.database<RecipientTables>()
    const known = await database
      .selectFrom('privacy_recipients')
      .select('id')
      .where('id', '=', recipient)
      .executeTakeFirst()
    if (!known) throw unknownRecipient(recipient)
    for (const {id, subject} of written) {
      await database
        .insertInto('privacy_disclosures')
        .values({
          id,
          recipient,
          subject_kind: subject.kind,
          subject_value: subject.value,
          place,
          purpose,
          disclosed_at: disclosedAt,
        })
        .execute()
    }
  })
  return written
}

/** What of a subject went to whom, the oldest first. */
export async function disclosuresOf(identities: readonly Identity[], context: Context): Promise<Disclosure[]> {
  const search = new IdentifierSearch({identities})
  const kinds = [...new Set(identities.map(({kind}) => kind))]
  if (kinds.length === 0) return []
  const rows = await (
    await context.store()
  )
    .read<RecipientTables>(context.tenant)
    .selectFrom('privacy_disclosures')
    .selectAll()
    .where('subject_kind', 'in', kinds)
    .orderBy('id')
    .execute()
  return rows
    .map(row => ({
      id: row.id,
      recipient: row.recipient,
      subject: {kind: row.subject_kind as GivenIdentity['kind'], value: row.subject_value},
      place: row.place,
      purpose: row.purpose,
      disclosedAt: row.disclosed_at,
    }))
    .filter(({subject}) => search.matching(subject.kind, subject.value).length > 0)
}

/** Takes the lines of a ledger out, once everybody in them was told. */
export async function forgetDisclosures(ids: readonly string[], unit: Unit): Promise<void> {
  if (ids.length === 0) return
  await unit
    .database<RecipientTables>()
    .deleteFrom('privacy_disclosures')
    .where('id', 'in', [...ids])
    .execute()
}

function unknownRecipient(id: string): RecipientNotFoundError {
  return new RecipientNotFoundError(`There is no recipient ${id}`, {hint: 'omni gdpr recipients list'})
}
