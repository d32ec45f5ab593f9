import type {Selectable} from 'kysely'
import type {Context, Principal} from '../operation/context.ts'
import {ConflictError, DeniedError, InvalidInputError, NotFoundError} from '../operation/errors.ts'
import {hasScope} from '../operation/invoke.ts'
import type {Registry} from '../operation/registry.ts'
import type {TenantReader, TenantWriter} from '../store/unit.ts'
import {generateKey} from './api-key.ts'
import {keyCreated, keyRevoked, keyRotated} from './events.ts'
import {keyChanges} from './key-changes.ts'
import type {KeyDatabase} from './tables.ts'

export type KeyRow = Selectable<KeyDatabase['omni_api_keys']>

export type KeyStatus = 'active' | 'expired' | 'revoked'

/** No key of this id, prefix or name. */
export class UnknownKeyError extends NotFoundError {
  override readonly code = 'unknown_key'
}

/** Another key that still works has this name. */
export class KeyExistsError extends ConflictError {
  override readonly code = 'key_exists'
}

/** A key that works no more can be neither rotated nor revoked. */
export class KeyEndedError extends ConflictError {
  override readonly code = 'key_ended'
}

/** Nobody makes a key that may do more than they may themselves. */
export class KeyBeyondRightsError extends DeniedError {
  override readonly code = 'key_beyond_rights'
}

export interface KeyRequest {
  readonly name: string
  readonly scopes: readonly string[]
  readonly tenants: readonly string[]
  readonly groups: readonly string[]
  readonly expiresAt: Date | undefined
}

/** A key that was just made: the only time that its text is known. */
export interface NewKey {
  readonly text: string
  readonly row: KeyRow
}

export function statusOf(row: Pick<KeyRow, 'revoked_at' | 'expires_at'>, now: Date): KeyStatus {
  if (row.revoked_at !== null) return 'revoked'
  return row.expires_at !== null && row.expires_at <= now.toISOString() ? 'expired' : 'active'
}

/**
 * Makes a key of the context's tenant.
 * @throws InvalidInputError for a scope that no operation asks for
 * @throws KeyBeyondRightsError for a scope, group or tenant that the principal does not have
 * @throws KeyExistsError if an active key has the name
 */
export async function createKey(context: Context, request: KeyRequest): Promise<NewKey> {
  await assertKnownScopes(context.registry, request.scopes)
  assertWithinRights(context.principal, request)
  const store = await context.store()
  const subject = ({row}: NewKey) => ({
    action: 'key.created',
    resource: `key:${row.prefix}`,
    details: {name: row.name, scopes: row.scopes, tenants: row.tenants, groups: row.groups, expires_at: row.expires_at},
  })
  return store.unit(context, {audit: subject}, async unit => {
    const database = unit.database<KeyDatabase>()
    if ((await activeByName(database, request.name, context.clock.now())).length > 0) {
      throw new KeyExistsError(`There is a key called ${request.name} already`, {
        hint: `omni keys rotate ${request.name}, or another name`,
      })
    }
    const made = await insertKey(database, context, request)
    const {prefix, name, scopes} = made.row
    await unit.publish(keyCreated, {prefix, name, scopes})
    return made
  })
}

/** Keys in the order of their making. */
export async function listKeys(
  context: Context,
  {limit, after}: {readonly limit: number; readonly after: string | undefined},
): Promise<KeyRow[]> {
  const query = (await context.store())
    .read<KeyDatabase>(context.tenant)
    .selectFrom('omni_api_keys')
    .selectAll()
    .orderBy('id')
    .limit(limit)
  return (after === undefined ? query : query.where('id', '>', after)).execute()
}

/** @throws UnknownKeyError */
export async function findKey(context: Context, reference: string): Promise<KeyRow> {
  return requireKey((await context.store()).read<KeyDatabase>(context.tenant), reference)
}

/**
 * Makes a key with the same rights; the old one works for the overlap, or until it would have ended anyhow.
 * @throws UnknownKeyError, KeyEndedError, KeyBeyondRightsError
 */
export async function rotateKey(
  context: Context,
  {reference, overlapMs, expiresAt}: {reference: string; overlapMs: number; expiresAt: Date | undefined},
): Promise<NewKey & {readonly old: KeyRow}> {
  const store = await context.store()
  const subject = ({row, old}: NewKey & {old: KeyRow}) => ({
    action: 'key.rotated',
    resource: `key:${old.prefix}`,
    details: {name: row.name, replaced_by: row.prefix, ends_at: old.expires_at},
  })
  const rotated = await store.unit(context, {audit: subject}, async unit => {
    const database = unit.database<KeyDatabase>()
    const old = await requireKey(database, reference)
    const now = context.clock.now()
    assertActive(old, now)
    assertWithinRights(context.principal, old)
    const made = await insertKey(database, context, {...old, expiresAt: expiresAt ?? sameLife(old, now)})
    const end = new Date(now.getTime() + overlapMs).toISOString()
    const ends = old.expires_at !== null && old.expires_at < end ? old.expires_at : end
    await database
      .updateTable('omni_api_keys')
      .set({expires_at: ends, replaced_by: made.row.id})
      .where('id', '=', old.id)
      .execute()
    const {prefix, name} = old
    await unit.publish(keyRotated, {prefix, name, replaced_by: made.row.prefix, ends_at: ends})
    return {...made, old: {...old, expires_at: ends, replaced_by: made.row.id}}
  })
  await tellOfChange(context, rotated.old)
  return rotated
}

/** Ends a key at once. @throws UnknownKeyError, KeyEndedError if it was revoked before */
export async function revokeKey(context: Context, reference: string): Promise<KeyRow> {
  const store = await context.store()
  const subject = (row: KeyRow) => ({action: 'key.revoked', resource: `key:${row.prefix}`, details: {name: row.name}})
  const revoked = await store.unit(context, {audit: subject}, async unit => {
    const database = unit.database<KeyDatabase>()
    const row = await requireKey(database, reference)
    if (row.revoked_at !== null) throw new KeyEndedError(`${row.name} was revoked at ${row.revoked_at}`)
    const now = context.clock.now().toISOString()
    await database.updateTable('omni_api_keys').set({revoked_at: now}).where('id', '=', row.id).execute()
    await unit.publish(keyRevoked, {prefix: row.prefix, name: row.name})
    return {...row, revoked_at: now}
  })
  await tellOfChange(context, revoked)
  return revoked
}

/** A server that runs in this process believes the old row no longer. */
async function tellOfChange(context: Context, {prefix}: KeyRow): Promise<void> {
  const changes = await keyChanges(context)
  changes.changed(prefix)
}

async function insertKey(database: TenantWriter<KeyDatabase>, context: Context, request: KeyRequest): Promise<NewKey> {
  const {text, prefix, digest} = generateKey(context.random)
  const row = {
    id: context.random.id(),
    name: request.name,
    prefix,
    digest,
    scopes: [...new Set(request.scopes)],
    tenants: [...new Set(request.tenants)],
    groups: [...new Set(request.groups)],
    created_at: context.clock.now().toISOString(),
    created_by: context.principal.id,
    expires_at: request.expiresAt?.toISOString() ?? null,
    revoked_at: null,
    last_used_at: null,
    replaced_by: null,
  }
  await database
    .insertInto('omni_api_keys')
    .values(row as never)
    .execute()
  return {text, row: {...row, tenant: context.tenant}}
}

/** An id, a prefix, or the name of the newest key of that name that still works, else of the newest. */
async function requireKey(database: TenantReader<KeyDatabase>, reference: string): Promise<KeyRow> {
  const rows = await database
    .selectFrom('omni_api_keys')
    .selectAll()
    .where(eb => eb.or([eb('id', '=', reference), eb('prefix', '=', reference), eb('name', '=', reference)]))
    .orderBy('id', 'desc')
    .execute()
  const found = rows.find(row => row.revoked_at === null && row.replaced_by === null) ?? rows[0]
  if (found) return found
  throw new UnknownKeyError(`There is no key ${reference}`, {hint: '`omni keys list` shows them'})
}

async function activeByName(database: TenantReader<KeyDatabase>, name: string, now: Date): Promise<KeyRow[]> {
  const rows = await database.selectFrom('omni_api_keys').selectAll().where('name', '=', name).execute()
  return rows.filter(row => row.replaced_by === null && statusOf(row, now) === 'active')
}

function assertActive(row: KeyRow, now: Date): void {
  const status = statusOf(row, now)
  if (status === 'active' && row.replaced_by === null) return
  throw new KeyEndedError(
    row.replaced_by === null
      ? `${row.name} (${row.prefix}) is ${status}`
      : `${row.name} (${row.prefix}) was rotated before`,
    {hint: 'omni keys create'},
  )
}

/** As long from now as the old key had at first; for ever where it had no end. */
function sameLife(old: KeyRow, now: Date): Date | undefined {
  if (old.expires_at === null) return undefined
  return new Date(now.getTime() + Date.parse(old.expires_at) - Date.parse(old.created_at))
}

/** For the server's own measurements, which are no operation. */
export const metricsScope = 'metrics:read'

/** Every scope that a key can have: those of the operations, each domain's `*`, and `*` for all. */
export async function knownScopes(registry: Registry): Promise<readonly string[]> {
  const scopes = new Set((await registry.operations()).flatMap(operation => operation.scopes))
  const domains = new Set([...scopes].map(scope => `${scope.split(':')[0]}:*`))
  return [...scopes, ...domains, metricsScope, '*'].toSorted()
}

async function assertKnownScopes(registry: Registry, scopes: readonly string[]): Promise<void> {
  const known = await knownScopes(registry)
  const unknown = scopes.filter(scope => !known.includes(scope))
  if (unknown.length === 0) return
  throw new InvalidInputError(`There is no scope ${unknown.join(' or ')}`, {
    hint: `the scopes are ${known.join(', ')}`,
    details: {unknown, known},
  })
}

function assertWithinRights(
  principal: Principal,
  wanted: {readonly scopes: readonly string[]; readonly tenants: readonly string[]; readonly groups: readonly string[]},
): void {
  if (principal.kind === 'local') return
  const {groups = []} = principal
  const beyond = [
    ...wanted.scopes.filter(scope => !hasScope(principal, scope)),
    ...wanted.groups.filter(group => !groups.includes(group)).map(group => `group ${group}`),
    // A key acts in one tenant at a time; only the operator of the machine makes one that enters several.
    ...wanted.tenants.map(tenant => `tenant ${tenant}`),
  ]
  if (beyond.length === 0) return
  throw new KeyBeyondRightsError(`${principal.id} cannot give what it does not have: ${beyond.join(', ')}`, {
    hint: 'ask for less, or make the key on the server with `omni keys create`',
    details: {beyond},
  })
}
