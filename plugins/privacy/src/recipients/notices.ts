import {type Context, NotFoundError} from '@omni-ops/core/operation'
import type {GivenIdentity, Identity} from '@omni-ops/core/privacy'
import type {Unit} from '@omni-ops/core/store'
import {noticeDue} from '../events.ts'
import type {PlaceResult, SubjectRequest} from '../requests/request.ts'
import {isToldToRecipients} from '../requests/right.ts'
import {disclosuresOf, listRecipients, type Recipient} from './recipients.ts'
import type {NoticeChannel, NoticeState, RecipientTables} from './tables.ts'

/** What a recipient is told after a correction, an erasure or a restriction (GDPR, article 19). */
export interface Notice {
  readonly id: string
  readonly request: string
  readonly recipient: string
  readonly measure: string
  readonly channel: NoticeChannel
  /** Null once it was told. */
  readonly subject: readonly GivenIdentity[] | null
  readonly state: NoticeState
  readonly createdAt: string
  readonly settledAt: string | null
  readonly note: string | null
}

export class NoticeNotFoundError extends NotFoundError {
  override readonly code = 'gdpr_notice_not_found'
}

/**
 * Writes a notice for every recipient of the subject's data: those in the ledger, and those that get records of the changed places
 * as a rule. Before anything is changed, since the ledger is about the person too. Writing them twice does nothing.
 */
export async function writeNotices(
  request: SubjectRequest,
  {identities, places}: {readonly identities: readonly Identity[]; readonly places: readonly PlaceResult[]},
  context: Context,
): Promise<void> {
  const told = isToldToRecipients(request.right) ? await recipientsOf(identities, places, context) : []
  const store = await context.store()
  const subject = identities.map(({kind, value}) => ({kind, value}))
  const audit = {
    action: 'notices.written',
    resource: `privacy-request:${request.id}`,
    details: {recipients: told.length},
  }
  if (told.length === 0) return
  await store.unit(context, {audit}, async unit => {
    for (const {id: recipient, channel} of told) {
      await unit
        .database<RecipientTables>()
        .insertInto('privacy_notices')
        .values({
          id: context.random.id(),
          request: request.id,
          recipient,
          measure: request.right,
          channel,
          subject,
          state: 'pending',
          created_at: context.clock.now().toISOString(),
        })
        .onConflict(conflict => conflict.doNothing())
        .execute()
    }
  })
}

/** Tells webhooks that a recipient is to be told: once the data were changed. The recipient asks for the rest by the notice's id. */
export async function announceNotices(notices: readonly Notice[], unit: Unit): Promise<void> {
  for (const {id, request, recipient, measure} of notices) {
    await unit.publish(noticeDue, {notice: id, request, recipient, right: measure})
  }
}

/** Who got data of the subject: by the ledger, or because they get records of places where there are some. */
export async function recipientsOf(
  identities: readonly Identity[],
  places: readonly PlaceResult[],
  context: Context,
): Promise<Recipient[]> {
  const changed = new Set(places.filter(({found}) => found > 0).map(({place}) => place))
  const inLedger = new Set((await disclosuresOf(identities, context)).map(({recipient}) => recipient))
  return (await listRecipients(context)).filter(
    ({id, places: regular}) => inLedger.has(id) || regular.some(place => changed.has(place)),
  )
}

export async function listNotices(
  {request, state}: {readonly request?: string | undefined; readonly state?: NoticeState | undefined},
  context: Context,
): Promise<Notice[]> {
  let query = (await context.store()).read<RecipientTables>(context.tenant).selectFrom('privacy_notices').selectAll()
  if (request !== undefined) query = query.where('request', '=', request)
  if (state !== undefined) query = query.where('state', '=', state)
  return (await query.orderBy('id').execute()).map(noticeFrom)
}

/**
 * Writes down that a recipient was told, or why that is impossible or takes disproportionate effort. Whom it was about is forgotten.
 * @throws NoticeNotFoundError for a notice that is unknown or settled
 */
export async function settleNotice(
  {id, state, note}: {readonly id: string; readonly state: 'told' | 'impossible'; readonly note: string | null},
  context: Context,
): Promise<Notice> {
  const store = await context.store()
  await store.unit(context, {audit: {action: `notice.${state}`, resource: `privacy-notice:${id}`}}, async unit => {
    const {numUpdatedRows} = await unit
      .database<RecipientTables>()
      .updateTable('privacy_notices')
      .set({state, note, subject: null, settled_at: context.clock.now().toISOString()})
      .where('id', '=', id)
      .where('state', '=', 'pending')
      .executeTakeFirst()
    if (numUpdatedRows === 0n) {
      throw new NoticeNotFoundError(`There is no notice ${id} that has yet to be told`, {
        hint: 'omni gdpr notice list --state pending',
      })
    }
  })
  const row = await store
    .read<RecipientTables>(context.tenant)
    .selectFrom('privacy_notices')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirstOrThrow()
  return noticeFrom(row)
}

type NoticeRow = Omit<RecipientTables['privacy_notices'], 'tenant'>

function noticeFrom(row: NoticeRow): Notice {
  return {
    id: row.id,
    request: row.request,
    recipient: row.recipient,
    measure: row.measure,
    channel: row.channel,
    subject: row.subject as readonly GivenIdentity[] | null,
    state: row.state,
    createdAt: row.created_at,
    settledAt: row.settled_at,
    note: row.note,
  }
}
