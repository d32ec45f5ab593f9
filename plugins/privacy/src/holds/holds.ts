import {type Context, InvalidInputError, NotFoundError} from '@omni-ops/core/operation'
import {type GivenIdentity, sameIdentity} from '@omni-ops/core/privacy'
import type {HoldTables} from './tables.ts'

/** A legal matter that needs data: what it covers is not erased (GDPR, article 17(3)(e)). */
export interface Hold {
  readonly id: string
  readonly matter: string
  /** Undefined for a hold on all of a place. */
  readonly subject: GivenIdentity | undefined
  /** `store table`; undefined for all that there is of the person. */
  readonly place: string | undefined
  readonly placedAt: string
  readonly placedBy: string
  readonly releasedAt: string | null
}

export class HoldNotFoundError extends NotFoundError {
  override readonly code = 'gdpr_hold_not_found'
}

/** A hold on nothing. */
export class EmptyHoldError extends InvalidInputError {
  override readonly code = 'gdpr_hold_empty'
}

/** Places a hold on each identity, or on a place. @throws EmptyHoldError */
export async function placeHold(
  {
    matter,
    subjects,
    place,
  }: {readonly matter: string; readonly subjects: readonly GivenIdentity[]; readonly place?: string | undefined},
  context: Context,
): Promise<Hold[]> {
  if (subjects.length === 0 && place === undefined) {
    throw new EmptyHoldError('A hold is on a person, on a place, or on a person in a place', {
      hint: 'give --user, --place or both',
    })
  }
  const store = await context.store()
  const targets = subjects.length > 0 ? subjects : [undefined]
  const holds = targets.map(subject => ({id: context.random.id(), subject}))
  const audit = {action: 'hold.placed', resource: `privacy-hold:${holds[0]?.id}`, details: {holds: holds.length}}
  await store.unit(context, {audit}, async unit => {
    const placed_at = context.clock.now().toISOString()
    for (const {id, subject} of holds) {
      await unit
        .database<HoldTables>()
        .insertInto('privacy_holds')
        .values({
          id,
          matter,
          subject_kind: subject?.kind ?? null,
          subject_value: subject?.value ?? null,
          place: place ?? null,
          placed_at,
          placed_by: context.principal.id,
        })
        .execute()
    }
  })
  const placed = await listHolds(context)
  return placed.filter(({id}) => holds.some(each => each.id === id))
}

/** Lifts a hold; it stays in the list as evidence, without the person. @throws HoldNotFoundError for none that is in force */
export async function releaseHold(id: string, context: Context): Promise<void> {
  const store = await context.store()
  await store.unit(context, {audit: {action: 'hold.released', resource: `privacy-hold:${id}`}}, async unit => {
    const {numUpdatedRows} = await unit
      .database<HoldTables>()
      .updateTable('privacy_holds')
      .set({released_at: context.clock.now().toISOString(), subject_kind: null, subject_value: null})
      .where('id', '=', id)
      .where('released_at', 'is', null)
      .executeTakeFirst()
    if (numUpdatedRows === 0n) {
      throw new HoldNotFoundError(`There is no hold ${id} in force`, {hint: 'omni gdpr hold list'})
    }
  })
}

export async function listHolds(context: Context): Promise<Hold[]> {
  const rows = await (
    await context.store()
  )
    .read<HoldTables>(context.tenant)
    .selectFrom('privacy_holds')
    .selectAll()
    .orderBy('id')
    .execute()
  return rows.map(row => ({
    id: row.id,
    matter: row.matter,
    subject:
      row.subject_kind === null || row.subject_value === null
        ? undefined
        : {kind: row.subject_kind as GivenIdentity['kind'], value: row.subject_value},
    place: row.place ?? undefined,
    placedAt: row.placed_at,
    placedBy: row.placed_by,
    releasedAt: row.released_at,
  }))
}

/** The hold that keeps a record of a subject in a place, if one does. */
export function holdOn(place: string, identities: readonly GivenIdentity[], holds: readonly Hold[]): Hold | undefined {
  return holds.find(
    hold =>
      hold.releasedAt === null &&
      (hold.place === undefined || hold.place === place) &&
      (hold.subject === undefined || identities.some(each => isSame(each, hold.subject as GivenIdentity))),
  )
}

function isSame(one: GivenIdentity, other: GivenIdentity): boolean {
  return one.kind === other.kind && sameIdentity(one.kind, one.value, other.value)
}
