import type {Kysely} from 'kysely'
import type {Randomness} from '../operation/context.ts'
import {StoreUsageError} from '../store/errors.ts'
import {type AuditEntry, type AuditSubject, auditHash, auditVersion, genesisHash} from './audit-entry.ts'
import {canonicalJson} from './canonical-json.ts'
import type {AuditDatabase} from './migration.ts'
import {commitTo, type OpeningDatabase} from './opening.ts'

/** The last entry of a chain; `seq` 0 and the genesis hash where there is none. */
export interface ChainHead {
  readonly tenant: string
  readonly seq: number
  readonly hash: string
}

const largestDetails = 8 * 1024

/**
 * Reads the head of a tenant's chain inside a transaction and keeps others from it until the end. SQLite has one
 * writer already; PostgreSQL locks the row, which therefore must exist.
 */
export async function lockChain(
  database: Kysely<AuditDatabase & OpeningDatabase>,
  tenant: string,
  dialect: 'sqlite' | 'postgres',
): Promise<ChainHead> {
  const query = database.selectFrom('omni_audit_head').select(['seq', 'hash']).where('tenant', '=', tenant)
  if (dialect === 'sqlite') return {tenant, ...((await query.executeTakeFirst()) ?? {seq: 0, hash: genesisHash})}
  const locked = await query.forUpdate().executeTakeFirst()
  if (locked !== undefined) return {tenant, ...locked}
  await insertHead(database, {tenant, seq: 0, hash: genesisHash})
  return {tenant, ...(await query.forUpdate().executeTakeFirstOrThrow())}
}

/** Appends one entry after the head and moves the head; the caller holds the chain's lock. */
export async function appendEntry(
  database: Kysely<AuditDatabase & OpeningDatabase>,
  head: ChainHead,
  subject: AuditSubject,
  origin: {readonly at: Date; readonly principal: string; readonly operation: string; readonly random: Randomness},
): Promise<AuditEntry> {
  const committed = commitTo(subject.personal ?? {}, head.seq + 1, origin.random)
  const details = {...subject.details, ...committed.details}
  const text = canonicalJson(details)
  if (Buffer.byteLength(text) > largestDetails) {
    throw new StoreUsageError(`The details of ${subject.action} are larger than ${largestDetails} bytes`, {
      hint: 'record identifiers and counts, not content',
    })
  }
  const unsealed = {
    version: auditVersion,
    tenant: head.tenant,
    seq: head.seq + 1,
    at: origin.at.toISOString(),
    principal: origin.principal,
    operation: origin.operation,
    action: subject.action,
    resource: subject.resource,
    details,
    prev_hash: head.hash,
  }
  const entry: AuditEntry = {...unsealed, hash: auditHash(unsealed)}
  await database
    .insertInto('omni_audit')
    .values({...entry, details: text} as never)
    .execute()
  for (const opening of committed.openings) {
    await database
      .insertInto('omni_audit_openings')
      .values({tenant: head.tenant, ...opening} as never)
      .execute()
  }
  await moveHead(database, entry)
  return entry
}

async function moveHead(
  database: Kysely<AuditDatabase & OpeningDatabase>,
  {tenant, seq, hash}: ChainHead,
): Promise<void> {
  const {numUpdatedRows} = await database
    .updateTable('omni_audit_head')
    .set({seq, hash})
    .where('tenant', '=', tenant)
    .executeTakeFirst()
  if (numUpdatedRows === 0n) await insertHead(database, {tenant, seq, hash})
}

async function insertHead(database: Kysely<AuditDatabase & OpeningDatabase>, head: ChainHead): Promise<void> {
  await database
    .insertInto('omni_audit_head')
    .values(head as never)
    .onConflict(conflict => conflict.doNothing())
    .execute()
}
