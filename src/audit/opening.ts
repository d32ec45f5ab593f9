import {createHash} from 'node:crypto'
import type {Kysely} from 'kysely'
import type {Context, Randomness} from '../operation/context.ts'
import {column, type TablesOf} from '../store/column-definition.ts'
import type {Migration} from '../store/migration.ts'
import type {Store} from '../store/store.ts'
import {systemOf} from '../store/system.ts'
import {canonicalJson} from './canonical-json.ts'

const tables = {
  /** What opens the commitments in the details of entries. Rows are deleted where a value is shredded. */
  omni_audit_openings: {
    scope: 'tenant',
    columns: {
      seq: column.integer(),
      field: column.text(),
      /** 16 random bytes in hexadecimal: without it, nobody can try values until one fits. */
      salt: column.text(),
      value: column.text(),
    },
    primaryKey: ['seq', 'field'],
  },
} as const

export type OpeningDatabase = TablesOf<typeof tables>

export const openingMigration: Migration = {plugin: 'omni', name: '0010_audit_openings', tables}

/** What stands in an entry's details for a personal value. */
export interface Commitment {
  readonly [name: string]: string
  /** SHA-256 in lower-case hexadecimal over the canonical JSON (RFC 8785) of `{salt, value}`. */
  readonly commitment: string
}

/** The value behind a commitment, with what proves it. */
export interface Opening {
  readonly seq: number
  readonly field: string
  readonly salt: string
  readonly value: string
}

const saltBytes = 16

export function commitmentOf({salt, value}: Pick<Opening, 'salt' | 'value'>): Commitment {
  return {commitment: createHash('sha256').update(canonicalJson({salt, value})).digest('hex')}
}

/** Commits to personal values: what goes into the details, and the openings that are kept beside them. */
export function commitTo(
  personal: Readonly<Record<string, string>>,
  seq: number,
  random: Randomness,
): {readonly details: Readonly<Record<string, Commitment>>; readonly openings: readonly Opening[]} {
  const openings = Object.entries(personal).map(([field, value]) => ({
    seq,
    field,
    salt: Buffer.from(random.bytes(saltBytes)).toString('hex'),
    value,
  }))
  return {details: Object.fromEntries(openings.map(each => [each.field, commitmentOf(each)])), openings}
}

/** The personal values of one entry that were not shredded. */
export async function readOpenings(store: Store, {tenant, seq}: {tenant: string; seq: number}): Promise<Opening[]> {
  return systemOf(store)
    .database.selectFrom('omni_audit_openings')
    .select(['seq', 'field', 'salt', 'value'])
    .where('tenant', '=', tenant)
    .where('seq', '=', seq)
    .orderBy('field')
    .execute()
}

/**
 * Deletes a personal value, and the salt without which nobody can try values until one fits, from every entry that
 * holds it. The entries stay as they are, and the chain verifies. Says how many were deleted.
 */
export async function shredAudit(context: Context, value: string): Promise<number> {
  const store = await context.store()
  const audit = (deleted: number) => ({action: 'audit.shredded', resource: 'audit', details: {deleted}})
  return store.unit(context, {audit}, async unit => {
    const {numDeletedRows} = await unit
      .database<OpeningDatabase>()
      .deleteFrom('omni_audit_openings')
      .where('value', '=', value)
      .executeTakeFirst()
    return Number(numDeletedRows)
  })
}

const pageSize = 1000

/** Every opening in a range of entries, with the details of its entry as they are stored, a page at a time. */
export async function* openingsWithDetails(
  database: Kysely<OpeningDatabase & {omni_audit: {tenant: string; seq: number; details: string}}>,
  tenant: string,
  from: number,
  to: number,
): AsyncGenerator<Opening & {readonly details: string | null}> {
  for (let next = {seq: from, field: ''}; ;) {
    const rows = await database
      .selectFrom('omni_audit_openings as opening')
      .leftJoin('omni_audit as entry', join =>
        join.onRef('entry.tenant', '=', 'opening.tenant').onRef('entry.seq', '=', 'opening.seq'),
      )
      .select(['opening.seq', 'opening.field', 'opening.salt', 'opening.value', 'entry.details'])
      .where('opening.tenant', '=', tenant)
      .where('opening.seq', '<=', Math.min(to, 2 ** 31 - 1))
      .where(({eb, and, or}) =>
        or([
          eb('opening.seq', '>', next.seq),
          and([eb('opening.seq', '=', next.seq), eb('opening.field', '>', next.field)]),
        ]),
      )
      .orderBy('opening.seq')
      .orderBy('opening.field')
      .limit(pageSize)
      .execute()
    yield* rows
    const last = rows.at(-1)
    if (last === undefined || rows.length < pageSize) return
    next = {seq: last.seq, field: last.field}
  }
}
