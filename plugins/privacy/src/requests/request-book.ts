import {createHmac} from 'node:crypto'
import {type Context, NotFoundError} from '@omni-ops/core/operation'
import type {GivenIdentity, Identity} from '@omni-ops/core/privacy'
import type {Store, TenantReader, Unit} from '@omni-ops/core/store'
import {requestMoved} from '../events.ts'
import {requestKey, type SignedReceipt} from '../receipt/receipt.ts'
import {sharedIdentity} from './exceptions.ts'
import {advance, type Progress, type ProgressEvent, received, type State} from './progress.ts'
import type {
  Deadlines,
  Decision,
  Instructions,
  PlaceResult,
  Refusal,
  Step,
  SubjectRequest,
  Verification,
} from './request.ts'
import {needsVerification, type Regime, type Right} from './right.ts'
import type {RequestTables} from './tables.ts'

/** There is no request of this number. */
export class RequestNotFoundError extends NotFoundError {
  override readonly code = 'gdpr_request_not_found'
}

export interface NewRequest {
  readonly regime: Regime
  readonly right: Right
  readonly given: readonly GivenIdentity[]
  /** ISO 8601. */
  readonly receivedAt: string
  readonly deadlines: Deadlines
  readonly country: string
  readonly language: string
  readonly instructions: Instructions
}

/** One record and what is decided about it. */
export interface Item {
  readonly seq: number
  readonly place: string
  readonly key: string
  /** What a person recognises the record by. */
  readonly label: string | null
  readonly match: 'identity' | 'free-text'
  readonly decision: Decision
  readonly reason: string | null
  readonly citation: string | null
  readonly redacted: number
  readonly record: Readonly<Record<string, unknown>> | null
}

export interface RequestFilter {
  readonly state?: State
  readonly right?: Right
  readonly regime?: Regime
  /** Open, and late at this instant. */
  readonly lateAt?: string
  readonly limit: number
  /** The id of the last request of the page before. */
  readonly after?: string
}

/** What a step changes besides the request's progress. */
export interface StepChanges {
  readonly right?: Right
  readonly verification?: Verification
  readonly refusal?: Refusal
  readonly confirmedAt?: string
  readonly extension?: {readonly at: string; readonly reason: string; readonly dueBy: string; readonly dueUntil: string}
  readonly closing?: {readonly at: string; readonly receipt: SignedReceipt}
}

const itemsPerInsert = 200

/** The requests of one tenant, as rows. Every change is one unit with its step and its audit entry. */
export class RequestBook {
  readonly #store: Store
  readonly #context: Context

  private constructor(store: Store, context: Context) {
    this.#store = store
    this.#context = context
  }

  static async open(context: Context): Promise<RequestBook> {
    return new RequestBook(await context.store(), context)
  }

  get #rows(): TenantReader<RequestTables> {
    return this.#store.read<RequestTables>(this.#context.tenant)
  }

  async add(request: NewRequest): Promise<SubjectRequest> {
    const {regime, right, deadlines} = request
    const id = this.#context.random.id()
    const hash = await subjectHash(request.given, this.#context)
    const progress: Progress = {...received, verificationNeeded: needsVerification(right)}
    await this.#store.unit(this.#context, {audit: audit(id, 'opened', {regime, right})}, async unit => {
      const database = unit.database<RequestTables>()
      await database
        .insertInto('privacy_requests')
        .values({
          id,
          regime,
          right,
          ...progressColumns(progress),
          verification_needed: progress.verificationNeeded,
          received_at: request.receivedAt,
          confirm_by: deadlines.confirmBy,
          due_by: deadlines.dueBy,
          due_until: deadlines.dueUntil,
          extended_due_by: deadlines.extendedDueBy,
          extend_by: deadlines.extendBy,
          deadline_rule: deadlines.rule,
          deadline_verified: deadlines.verified,
          country: request.country,
          language: request.language,
          opened_by: this.#context.principal.id,
          instructions: request.instructions,
          subject_hash: hash,
        })
        .execute()
      await writeIdentities(
        unit,
        id,
        request.given.map(each => ({...each, via: 'given' as const})),
      )
      await this.#writeStep(unit, id, progress.state, 'opened', {})
    })
    return this.get(id)
  }

  /** @throws RequestNotFoundError */
  async get(id: string): Promise<SubjectRequest> {
    return requestFrom(await requireRow(this.#rows, id))
  }

  async list(filter: RequestFilter): Promise<SubjectRequest[]> {
    let query = this.#rows.selectFrom('privacy_requests').selectAll().orderBy('id').limit(filter.limit)
    if (filter.state) query = query.where('state', '=', filter.state)
    if (filter.right) query = query.where('right', '=', filter.right)
    if (filter.regime) query = query.where('regime', '=', filter.regime)
    if (filter.lateAt) query = query.where('state', '<>', 'closed').where('due_until', '<=', filter.lateAt)
    if (filter.after) query = query.where('id', '>', filter.after)
    return (await query.execute()).map(requestFrom)
  }

  /** The oldest open request of a right by a person, known by the hash of what they were described by. */
  async findOpen({right, subjectHash: hash}: {readonly right: Right; readonly subjectHash: string}) {
    const row = await this.#rows
      .selectFrom('privacy_requests')
      .selectAll()
      .where('subject_hash', '=', hash)
      .where('right', '=', right)
      .where('state', '<>', 'closed')
      .orderBy('id')
      .limit(1)
      .executeTakeFirst()
    return row === undefined ? undefined : requestFrom(row)
  }

  async identities(id: string): Promise<Identity[]> {
    const rows = await this.#rows
      .selectFrom('privacy_request_identities')
      .selectAll()
      .where('request', '=', id)
      .orderBy('kind')
      .orderBy('value')
      .execute()
    return rows.map(({kind, value, via, shared}) => ({
      kind: kind as Identity['kind'],
      value,
      via: viaFrom(via),
      ...(shared ? {shared} : {}),
    }))
  }

  async steps(id: string): Promise<Step[]> {
    const rows = await this.#rows
      .selectFrom('privacy_request_steps')
      .selectAll()
      .where('request', '=', id)
      .orderBy('seq')
      .execute()
    return rows.map(({at, state, step, by, details}) => ({at, state, step, by, details}))
  }

  async places(id: string): Promise<PlaceResult[]> {
    const rows = await this.#rows
      .selectFrom('privacy_request_places')
      .selectAll()
      .where('request', '=', id)
      .orderBy('place')
      .execute()
    return rows.map(row => ({
      place: row.place,
      state: row.state as PlaceResult['state'],
      found: row.found,
      changed: row.changed,
      kept: row.kept,
      verified: row.verified,
      message: row.message,
    }))
  }

  /** Items in the order in which they were found, from behind `after`. */
  async items(id: string, {after = 0, limit}: {after?: number; limit: number}): Promise<Item[]> {
    const rows = await this.#rows
      .selectFrom('privacy_request_items')
      .selectAll()
      .where('request', '=', id)
      .where('seq', '>', after)
      .orderBy('seq')
      .limit(limit)
      .execute()
    return rows.map(row => ({
      seq: row.seq,
      place: row.place,
      key: row.record_key,
      label: row.label,
      match: row.match,
      decision: row.decision,
      reason: row.reason,
      citation: row.citation,
      redacted: row.redacted,
      record: row.record,
    }))
  }

  /**
   * Lets something happen to a request. `alongside` runs in the same unit, after the request has moved.
   * @throws RequestNotFoundError, RequestStateError, UnverifiedError, and what `alongside` throws: then nothing has happened
   */
  async step(
    id: string,
    event: ProgressEvent | 'note',
    {
      step,
      details = {},
      changes = {},
      alongside,
    }: {
      readonly step: string
      readonly details?: Readonly<Record<string, string | number | boolean | null>>
      readonly changes?: StepChanges
      readonly alongside?: (unit: Unit, moved: Progress) => Promise<void>
    },
  ): Promise<SubjectRequest> {
    await this.#store.unit(this.#context, {audit: audit(id, step, details)}, async unit => {
      const database = unit.database<RequestTables>()
      const row = requestFrom(await requireRow(database, id))
      const before: Progress = {
        ...row,
        verificationNeeded: changes.right === undefined ? row.verificationNeeded : needsVerification(changes.right),
      }
      const moved = event === 'note' ? before : advance(before, event)
      await database
        .updateTable('privacy_requests')
        .set({...progressColumns(moved), verification_needed: moved.verificationNeeded, ...changedColumns(changes)})
        .where('id', '=', id)
        .execute()
      await this.#writeStep(unit, id, moved.state, step, details)
      await alongside?.(unit, moved)
      if (moved.state === 'closed') await forgetCollected(unit, id)
      if (moved.state !== row.state) {
        await unit.publish(requestMoved, {request: id, right: row.right, state: moved.state, outcome: moved.outcome})
      }
    })
    return this.get(id)
  }

  /** Writes what a look through the places found, in the place of what an earlier look found. */
  async replaceFindings(
    unit: Unit,
    id: string,
    findings: {
      readonly identities: readonly Identity[]
      readonly items: readonly Omit<Item, 'seq'>[]
      readonly places: readonly PlaceResult[]
    },
  ): Promise<void> {
    const database = unit.database<RequestTables>()
    await forgetCollected(unit, id)
    await writeIdentities(unit, id, findings.identities)
    await database.deleteFrom('privacy_request_places').where('request', '=', id).execute()
    const rows = findings.items.map((item, index) => ({
      request: id,
      seq: index + 1,
      place: item.place,
      record_key: item.key,
      label: item.label,
      match: item.match,
      decision: item.decision,
      reason: item.reason,
      citation: item.citation,
      redacted: item.redacted,
      record: item.record,
    }))
    for (let from = 0; from < rows.length; from += itemsPerInsert) {
      await database
        .insertInto('privacy_request_items')
        .values(rows.slice(from, from + itemsPerInsert))
        .execute()
    }
    await this.writePlaces(unit, id, findings.places)
  }

  /** Writes what became of places; what is known of others stays. */
  async writePlaces(unit: Unit, id: string, places: readonly PlaceResult[]): Promise<void> {
    for (const {place, ...result} of places) {
      await unit
        .database<RequestTables>()
        .insertInto('privacy_request_places')
        .values({request: id, place, ...result})
        .onConflict(conflict => conflict.columns(['request', 'place']).doUpdateSet(result))
        .execute()
    }
  }

  /**
   * Decides anew about records by their numbers, or about those that are kept for a reason; what is left to review is then nothing
   * but what nobody has decided about.
   * @returns how many there were
   */
  async decideItems(
    unit: Unit,
    id: string,
    {
      items,
      reason,
      decision,
    }: {
      readonly items: readonly number[]
      readonly reason?: string
      readonly decision: Pick<Item, 'decision' | 'reason' | 'citation'>
    },
  ): Promise<number> {
    const database = unit.database<RequestTables>()
    const numbers = items.length > 0 ? [...items] : [0]
    const {numUpdatedRows} = await database
      .updateTable('privacy_request_items')
      .set({...decision})
      .where('request', '=', id)
      .where(({eb, or}) => or([eb('seq', 'in', numbers), ...(reason === undefined ? [] : [eb('reason', '=', reason)])]))
      .executeTakeFirst()
    const rows = await database
      .selectFrom('privacy_request_items')
      .select(['decision', 'reason'])
      .where('request', '=', id)
      .where('decision', '=', 'keep')
      .execute()
    const kept = rows.filter(row => row.reason !== null).length
    const open = rows.filter(row => row.reason === sharedIdentity.reason).length
    await database.updateTable('privacy_requests').set({kept, to_review: open}).where('id', '=', id).execute()
    return Number(numUpdatedRows)
  }

  async #writeStep(unit: Unit, id: string, state: State, step: string, details: Readonly<Record<string, unknown>>) {
    const database = unit.database<RequestTables>()
    const last = await database
      .selectFrom('privacy_request_steps')
      .select('seq')
      .where('request', '=', id)
      .orderBy('seq', 'desc')
      .limit(1)
      .executeTakeFirst()
    await database
      .insertInto('privacy_request_steps')
      .values({
        request: id,
        seq: (last?.seq ?? 0) + 1,
        at: this.#context.clock.now().toISOString(),
        state,
        step,
        by: this.#context.principal.id,
        details: {...details},
      })
      .execute()
  }
}

/**
 * HMAC-SHA-256 of what a person was described by, in hexadecimal: tells that two requests are of one person without telling of whom.
 * Throws NoReceiptKeyError, ReceiptKeyError.
 */
export async function subjectHash(given: readonly GivenIdentity[], context: Context): Promise<string> {
  const key = await requestKey(context, 'subject')
  const described = given.map(({kind, value}) => `${kind}\0${value.normalize('NFC').toLowerCase()}`).toSorted()
  return createHmac('sha256', key).update(described.join('\u0001')).digest('hex')
}

/** What was collected goes when a request is closed, and before it is collected anew. */
async function forgetCollected(unit: Unit, id: string): Promise<void> {
  const database = unit.database<RequestTables>()
  await database.deleteFrom('privacy_request_items').where('request', '=', id).execute()
  await database.deleteFrom('privacy_request_identities').where('request', '=', id).execute()
}

async function writeIdentities(unit: Unit, id: string, identities: readonly Identity[]): Promise<void> {
  for (const {kind, value, via, shared} of identities) {
    await unit
      .database<RequestTables>()
      .insertInto('privacy_request_identities')
      .values({
        request: id,
        kind,
        value,
        via: via === 'given' ? via : `${via.table}.${via.field}`,
        shared: shared ?? false,
      })
      .onConflict(conflict => conflict.doNothing())
      .execute()
  }
}

function viaFrom(text: string): Identity['via'] {
  const dot = text.lastIndexOf('.')
  return dot < 0 ? 'given' : {table: text.slice(0, dot), field: text.slice(dot + 1)}
}

async function requireRow(database: TenantReader<RequestTables>, id: string) {
  const row = await database.selectFrom('privacy_requests').selectAll().where('id', '=', id).executeTakeFirst()
  if (row) return row
  throw new RequestNotFoundError(`There is no request ${id}`, {hint: 'omni gdpr request list'})
}

type RequestRow = Awaited<ReturnType<typeof requireRow>>

function requestFrom(row: RequestRow): SubjectRequest {
  return {
    id: row.id,
    regime: row.regime,
    right: row.right,
    state: row.state,
    outcome: row.outcome,
    verified: row.verified,
    verificationNeeded: row.verification_needed,
    unreachable: row.unreachable,
    found: row.found,
    kept: row.kept,
    toReview: row.to_review,
    receivedAt: row.received_at,
    deadlines: {
      confirmBy: row.confirm_by,
      dueBy: row.due_by,
      dueUntil: row.due_until,
      extendedDueBy: row.extended_due_by,
      extendBy: row.extend_by,
      rule: row.deadline_rule,
      verified: row.deadline_verified,
    },
    confirmedAt: row.confirmed_at,
    extension:
      row.extended_at === null || row.extension_reason === null
        ? null
        : {at: row.extended_at, reason: row.extension_reason},
    country: row.country,
    language: row.language,
    openedBy: row.opened_by,
    verification: row.verification,
    instructions: row.instructions,
    refusal: row.refusal,
    subjectHash: row.subject_hash,
    closedAt: row.closed_at,
    receipt: row.receipt,
  }
}

function progressColumns(progress: Progress) {
  const {state, outcome, verified, unreachable, found, kept, toReview} = progress
  return {state, outcome, verified, unreachable, found, kept, to_review: toReview}
}

function changedColumns({right, verification, refusal, confirmedAt, extension, closing}: StepChanges) {
  return {
    ...(right === undefined ? {} : {right}),
    ...(verification === undefined ? {} : {verification}),
    ...(refusal === undefined ? {} : {refusal}),
    ...(confirmedAt === undefined ? {} : {confirmed_at: confirmedAt}),
    ...(extension === undefined
      ? {}
      : {
          extended_at: extension.at,
          extension_reason: extension.reason,
          due_by: extension.dueBy,
          due_until: extension.dueUntil,
        }),
    // What the person said goes with what was collected: a correction holds their data.
    ...(closing === undefined ? {} : {closed_at: closing.at, receipt: closing.receipt, instructions: {}}),
  }
}

function audit(id: string, step: string, details: Readonly<Record<string, string | number | boolean | null>>) {
  return {action: `request.${step}`, resource: `privacy-request:${id}`, details: {...details}}
}
