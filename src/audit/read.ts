import {InvalidInputError} from '../operation/errors.ts'
import type {Store} from '../store/store.ts'
import {systemOf} from '../store/system.ts'
import type {AuditEntry} from './audit-entry.ts'
import {entryOf, rowsOf} from './verify.ts'

/** Which entries to list; all conditions must hold. */
export interface AuditFilter {
  readonly operation?: string
  readonly principal?: string
  readonly action?: string
  readonly resource?: string
  /** ISO 8601 in UTC: at or after, and before. */
  readonly since?: string
  readonly until?: string
}

export interface ListAuditOptions extends AuditFilter {
  readonly tenant: string
  /** At most 1000; 50 by default. */
  readonly limit?: number
  /** `next` of the page before. */
  readonly cursor?: string
}

export interface AuditPage {
  /** The newest first. */
  readonly items: readonly AuditEntry[]
  /** Where the next page begins; undefined on the last one. */
  readonly next: string | undefined
}

const defaultLimit = 50
const largestLimit = 1000

/** One page of a tenant's entries. @throws InvalidInputError for a cursor that is not one, or a limit out of range */
export async function listAudit(store: Store, options: ListAuditOptions): Promise<AuditPage> {
  const {limit = defaultLimit} = options
  if (!Number.isInteger(limit) || limit < 1 || limit > largestLimit) {
    throw new InvalidInputError(`A page has 1 to ${largestLimit} entries`)
  }
  let query = systemOf(store)
    .database.selectFrom('omni_audit')
    .selectAll()
    .where('tenant', '=', options.tenant)
    .orderBy('seq', 'desc')
    .limit(limit + 1)
  for (const name of ['operation', 'principal', 'action', 'resource'] as const) {
    const value = options[name]
    if (value !== undefined) query = query.where(name, '=', value)
  }
  if (options.since !== undefined) query = query.where('at', '>=', instant(options.since))
  if (options.until !== undefined) query = query.where('at', '<', instant(options.until))
  if (options.cursor !== undefined) query = query.where('seq', '<', parseCursor(options.cursor))
  const rows = await query.execute()
  const items = rows.slice(0, limit).map(entryOf)
  const last = items.at(-1)
  return {items, next: rows.length > limit && last !== undefined ? cursorOf(last.seq) : undefined}
}

/**
 * All of a tenant's entries, the oldest first, as lines of JSON (NDJSON) with their hashes, so that the chain can be
 * checked from the file alone.
 */
export async function* exportAudit(store: Store, {tenant}: {tenant: string}): AsyncGenerator<string> {
  for await (const row of rowsOf(systemOf(store).database, tenant, 1, Number.MAX_SAFE_INTEGER)) {
    yield `${JSON.stringify(entryOf(row))}\n`
  }
}

/** Entries after a number, the oldest first, at most `limit`; empty where there are no more. */
export async function entriesAfter(
  store: Store,
  {tenant, after, limit}: {readonly tenant: string; readonly after: number; readonly limit: number},
): Promise<readonly AuditEntry[]> {
  const rows = await systemOf(store)
    .database.selectFrom('omni_audit')
    .selectAll()
    .where('tenant', '=', tenant)
    .where('seq', '>', after)
    .orderBy('seq')
    .limit(limit)
    .execute()
  return rows.map(entryOf)
}

function instant(text: string): string {
  const date = new Date(text)
  if (Number.isNaN(date.getTime()))
    throw new InvalidInputError(`Not a time: ${text}`, {hint: 'write 2026-01-31T12:00:00Z'})
  return date.toISOString()
}

function cursorOf(seq: number): string {
  return Buffer.from(`audit:${seq}`).toString('base64url')
}

function parseCursor(cursor: string): number {
  const [, seq] = /^audit:(\d{1,10})$/.exec(Buffer.from(cursor, 'base64url').toString()) ?? []
  if (seq === undefined || Number(seq) >= 2 ** 31) {
    throw new InvalidInputError('The cursor is not one of this list', {hint: 'start again without it'})
  }
  return Number(seq)
}
