import {type Context, NotFoundError} from '@omni-ops/core/operation'
import {PersonalDataMap, type Place, type PrivacyDeclaration, type Retention, placeName} from '@omni-ops/core/privacy'
import type {TenantReader, Unit} from '@omni-ops/core/store'
import {listHolds} from '../holds/holds.ts'

/** How long one place keeps data, and how much is due. */
export interface PlaceRetention {
  readonly place: string
  readonly retention: Retention
  readonly days: number | null
  readonly after: string | null
  /** Null where this program can't tell: not rows, or kept without a date. */
  readonly due: number | null
}

export interface RetentionResult {
  readonly place: string
  readonly due: number
  readonly deleted: number
  /** Left because of a legal hold on the place. */
  readonly held: number
}

export class UnknownPlaceError extends NotFoundError {
  override readonly code = 'gdpr_place_not_found'
}

/** What a table of any plugin looks like to somebody who knows its declaration alone. */
type AnyTable = Record<string, Record<string, string>>

const dayMs = 24 * 60 * 60 * 1000

export async function retentionOf(context: Context): Promise<PlaceRetention[]> {
  const map = await PersonalDataMap.open(context)
  const {places} = map
  const personal = places.filter(({declaration}) => declaration.personal !== undefined)
  const result: PlaceRetention[] = []
  for (const {declaration} of personal) {
    const timed = timedRetention(declaration)
    const place = placeName(declaration)
    const expired = timed ?? (await map.expire(place, {days: daysFor(place, context), dryRun: true}))
    result.push({
      place,
      retention: (declaration.personal as NonNullable<PrivacyDeclaration['personal']>).retention,
      days: timed?.days ?? daysFor(place, context) ?? null,
      after: timed?.after ?? null,
      due:
        expired === undefined
          ? null
          : 'due' in expired
            ? expired.due
            : await countDue(declaration.table, expired, context),
    })
  }
  return result
}

/**
 * Deletes what is past its time: rows by what their table declares, each table in a unit of its own; documents by their own
 * end; files by the days that the settings give their place. A place under a legal hold is left; tables
 * that name what they keep by a person are erased by requests. @throws UnknownPlaceError
 */
export async function runRetention(
  {place, dryRun}: {readonly place: string | undefined; readonly dryRun: boolean},
  context: Context,
): Promise<RetentionResult[]> {
  const map = await PersonalDataMap.open(context)
  const {places} = map
  const holds = (await listHolds(context)).filter(hold => hold.releasedAt === null)
  const chosen = chosenPlaces(places, place)
  const results: RetentionResult[] = []
  for (const {declaration} of chosen) {
    const timed = timedRetention(declaration)
    const name = placeName(declaration)
    if (timed === undefined) {
      const expired = await expireIn(map, name, {dryRun, holds}, context)
      if (expired !== undefined && expired.due > 0) results.push(expired)
      continue
    }
    const due = await countDue(declaration.table, timed, context)
    if (due === 0) continue
    // Whose a row is cannot be told from its age: a hold on any person holds everything that is due.
    const isHeld = holds.some(hold => hold.place === undefined || hold.place === name)
    const deleted = isHeld || dryRun ? 0 : await deleteDue(declaration.table, timed, context)
    results.push({place: name, due, deleted, held: isHeld ? due : 0})
  }
  return results
}

/** The same in a place whose records are no rows: documents with their passages, files, copies of the database. */
async function expireIn(
  map: PersonalDataMap,
  place: string,
  {dryRun, holds}: {readonly dryRun: boolean; readonly holds: readonly {readonly place?: string | undefined}[]},
  context: Context,
): Promise<RetentionResult | undefined> {
  const days = daysFor(place, context)
  const planned = await map.expire(place, {days, dryRun: true})
  if (planned === undefined) return undefined
  if (holds.some(hold => hold.place === undefined || hold.place === place)) {
    return {place, due: planned.due, deleted: 0, held: planned.due}
  }
  if (dryRun || planned.due === 0) return {place, ...planned}
  const store = await context.store()
  const expired = await map.expire(place, {days, dryRun: false})
  const audit = {action: 'retention.run', resource: `privacy-place:${place}`, details: {deleted: expired?.deleted ?? 0}}
  await store.unit(context, {audit}, async () => {})
  return {place, ...(expired ?? planned)}
}

/** What the settings say of a place whose records have no date of their own. */
function daysFor(place: string, {settings}: Pick<Context, 'settings'>): number | undefined {
  return (settings.get('privacy.retention_days') as Readonly<Record<string, number>> | undefined)?.[place]
}

interface TimedRetention {
  readonly days: number
  readonly after: string
}

/** Rows of the database with a date; what has handlers of its own expires by its plugin's commands. */
function timedRetention({store, personal}: PrivacyDeclaration): TimedRetention | undefined {
  const retention = personal?.retention
  if (store !== 'sql' || typeof retention !== 'object' || !('days' in retention)) return undefined
  return retention
}

function chosenPlaces(places: readonly Place[], place: string | undefined): readonly Place[] {
  if (place === undefined) return places
  const found = places.filter(({declaration}) => placeName(declaration) === place)
  if (found.length > 0) return found
  throw new UnknownPlaceError(`There is no place ${place}`, {hint: 'omni gdpr retention list'})
}

function dueBefore({days}: TimedRetention, {clock}: Pick<Context, 'clock'>): string {
  return new Date(clock.now().getTime() - days * dayMs).toISOString()
}

async function countDue(table: string, timed: TimedRetention, context: Context): Promise<number> {
  const database = (await context.store()).read<AnyTable>(context.tenant)
  const {count} = await dueRows(database, table, timed, context)
  return count
}

async function dueRows(database: TenantReader<AnyTable>, table: string, timed: TimedRetention, context: Context) {
  const row = await database
    .selectFrom(table)
    .select(({fn}) => fn.countAll<bigint>().as('count'))
    .where(timed.after, '<=', dueBefore(timed, context))
    .executeTakeFirstOrThrow()
  return {count: Number(row.count)}
}

async function deleteDue(table: string, timed: TimedRetention, context: Context): Promise<number> {
  const store = await context.store()
  const audit = (deleted: number) => ({
    action: 'retention.run',
    resource: `privacy-place:sql ${table}`,
    details: {deleted},
  })
  return store.unit(context, {audit}, async (unit: Unit) => {
    const {numDeletedRows} = await unit
      .database<AnyTable>()
      .deleteFrom(table)
      .where(timed.after, '<=', dueBefore(timed, context))
      .executeTakeFirst()
    return Number(numDeletedRows)
  })
}
