import type {Selectable} from 'kysely'
import type {Context, Principal} from '../operation/context.ts'
import {ConflictError, DeniedError, NotFoundError} from '../operation/errors.ts'
import type {EventDefinition} from '../operation/event.ts'
import {hasScope} from '../operation/invoke.ts'
import type {TenantReader, TenantWriter, Unit} from '../store/unit.ts'
import {coveredEvents} from './event-pattern.ts'
import {webhookDisabled, webhookTest} from './events.ts'
import {SecretBox} from './secret-box.ts'
import {newSigningSecret} from './signing-secret.ts'
import type {WebhookDatabase} from './tables.ts'
import {checkTarget, parseTarget, targetRules} from './target.ts'

export type EndpointRow = Selectable<WebhookDatabase['omni_webhook_endpoints']>

/** Why an endpoint gets nothing: somebody said so, the receiver did (410), or it failed for days. */
export type DisabledReason = 'by_hand' | 'gone' | 'failing'

/** No endpoint of this id or name. */
export class UnknownEndpointError extends NotFoundError {
  override readonly code = 'unknown_endpoint'
}

/** Another endpoint has this name. */
export class EndpointExistsError extends ConflictError {
  override readonly code = 'endpoint_exists'
}

/** Nobody subscribes to what they may not read. */
export class SubscriptionBeyondRightsError extends DeniedError {
  override readonly code = 'subscription_beyond_rights'
}

/** An endpoint with its secret, which is told this once. */
export interface WithSecret {
  readonly row: EndpointRow
  readonly secret: string
}

export interface EndpointRequest {
  readonly url: string
  /** By default the host of the URL. */
  readonly name: string | undefined
  readonly events: readonly string[]
}

/**
 * Adds an endpoint of the context's tenant, with a new secret.
 * @throws InvalidTargetError, PrivateTargetError, UnknownEventError, SubscriptionBeyondRightsError, EndpointExistsError,
 *   NoWebhookKeyError, WebhookKeyFileError
 */
export async function addEndpoint(context: Context, request: EndpointRequest): Promise<WithSecret> {
  const url = await acceptedTarget(context, request.url)
  await assertMaySubscribe(context, request.events)
  const box = await SecretBox.open(context)
  const store = await context.store()
  const id = context.random.id()
  const secret = newSigningSecret(context.random)
  const row = {
    id,
    name: request.name ?? nameOf(url),
    url: url.href,
    events: [...new Set(request.events)],
    secret: box.seal(secret, {tenant: context.tenant, id}),
    previous_secret: null,
    previous_secret_ends_at: null,
    created_at: context.clock.now().toISOString(),
    created_by: context.principal.id,
    disabled_at: null,
    disabled_reason: null,
    failing_since: null,
    paused_until: null,
  }
  const audit = {
    action: 'webhook.added',
    resource: `webhook:${id}`,
    details: {name: row.name, host: url.host, events: row.events},
  }
  await store.unit(context, {audit}, async unit => {
    const database = unit.database<WebhookDatabase>()
    await assertNameIsFree(database, row.name, id)
    await database
      .insertInto('omni_webhook_endpoints')
      .values(row as never)
      .execute()
  })
  return {row: {...row, tenant: context.tenant}, secret}
}

/** Endpoints in the order of their making. */
export async function listEndpoints(
  context: Context,
  {limit, after}: {readonly limit: number; readonly after: string | undefined},
): Promise<EndpointRow[]> {
  const query = (await context.store())
    .read<WebhookDatabase>(context.tenant)
    .selectFrom('omni_webhook_endpoints')
    .selectAll()
    .orderBy('id')
    .limit(limit)
  return (after === undefined ? query : query.where('id', '>', after)).execute()
}

/** An endpoint by its id or name. @throws UnknownEndpointError */
export async function findEndpoint(context: Context, reference: string): Promise<EndpointRow> {
  return requireEndpoint((await context.store()).read<WebhookDatabase>(context.tenant), reference)
}

/** What is to change; what is undefined stays. */
export interface EndpointChange {
  readonly url: string | undefined
  readonly name: string | undefined
  readonly events: readonly string[] | undefined
  readonly status: 'enabled' | 'disabled' | undefined
}

/**
 * Changes an endpoint. One that is enabled again begins with a clean sheet: no failure of the past counts.
 * @throws UnknownEndpointError, and what `addEndpoint` throws but for the key
 */
export async function updateEndpoint(
  context: Context,
  reference: string,
  change: EndpointChange,
): Promise<EndpointRow> {
  const url = change.url === undefined ? undefined : await acceptedTarget(context, change.url)
  const before = await findEndpoint(context, reference)
  // Who sends what others had subscribed to elsewhere must be allowed to read it as well.
  if (change.events !== undefined || url !== undefined || change.status === 'enabled') {
    await assertMaySubscribe(context, change.events ?? before.events)
  }
  const set = {
    ...(url === undefined ? {} : {url: url.href}),
    ...(change.name === undefined ? {} : {name: change.name}),
    ...(change.events === undefined ? {} : {events: [...new Set(change.events)]}),
    ...(change.status === 'enabled'
      ? {disabled_at: null, disabled_reason: null, failing_since: null, paused_until: null}
      : {}),
  }
  const audit = (row: EndpointRow) => ({
    action: 'webhook.changed',
    resource: `webhook:${row.id}`,
    details: {
      name: row.name,
      host: new URL(row.url).host,
      events: row.events,
      enabled: row.disabled_at === null,
    },
  })
  return (await context.store()).unit(context, {audit}, async unit => {
    const database = unit.database<WebhookDatabase>()
    const {id} = await requireEndpoint(database, before.id)
    if (change.name !== undefined) await assertNameIsFree(database, change.name, id)
    if (Object.keys(set).length > 0) {
      await database
        .updateTable('omni_webhook_endpoints')
        .set(set as never)
        .where('id', '=', id)
        .execute()
    }
    if (change.status === 'disabled') await disable(unit, id, 'by_hand', context.clock.now())
    return requireEndpoint(database, id)
  })
}

/** Removes an endpoint with all that was sent and is still to be sent to it. @throws UnknownEndpointError */
export async function removeEndpoint(context: Context, reference: string): Promise<EndpointRow> {
  const audit = (row: EndpointRow) => ({
    action: 'webhook.removed',
    resource: `webhook:${row.id}`,
    details: {name: row.name},
  })
  return (await context.store()).unit(context, {audit}, async unit => {
    const database = unit.database<WebhookDatabase>()
    const row = await requireEndpoint(database, reference)
    await database.deleteFrom('omni_webhook_endpoints').where('id', '=', row.id).execute()
    return row
  })
}

/**
 * Gives an endpoint a new secret; the old one signs as well for the overlap, so that nothing is refused while the
 * receiver takes the new one.
 * @throws UnknownEndpointError, NoWebhookKeyError, WebhookKeyFileError
 */
export async function rotateSecret(
  context: Context,
  {reference, overlapMs}: {readonly reference: string; readonly overlapMs: number},
): Promise<WithSecret> {
  const box = await SecretBox.open(context)
  const secret = newSigningSecret(context.random)
  const ends = overlapMs > 0 ? new Date(context.clock.now().getTime() + overlapMs).toISOString() : null
  const audit = ({row}: WithSecret) => ({
    action: 'webhook.secret_rotated',
    resource: `webhook:${row.id}`,
    details: {name: row.name, previous_ends_at: ends},
  })
  return (await context.store()).unit(context, {audit}, async unit => {
    const database = unit.database<WebhookDatabase>()
    const before = await requireEndpoint(database, reference)
    const set = {
      secret: box.seal(secret, {tenant: context.tenant, id: before.id}),
      previous_secret: ends === null ? null : before.secret,
      previous_secret_ends_at: ends,
    }
    await database.updateTable('omni_webhook_endpoints').set(set).where('id', '=', before.id).execute()
    return {row: {...before, ...set}, secret}
  })
}

/**
 * Ends an endpoint that works no more, and tells the others; unless somebody did so before, or sends its events elsewhere
 * by now.
 * @throws UnknownEndpointError
 */
export async function disableFailing(
  context: Context,
  {id, url}: Pick<EndpointRow, 'id' | 'url'>,
  reason: Exclude<DisabledReason, 'by_hand'>,
): Promise<void> {
  const row = await findEndpoint(context, id)
  if (row.disabled_at !== null || row.url !== url) return
  const audit = {action: 'webhook.disabled', resource: `webhook:${id}`, details: {reason}}
  const store = await context.store()
  await store.unit(context, {audit}, async unit => {
    if (await disable(unit, id, reason, context.clock.now())) {
      await unit.publish(webhookDisabled, {endpoint: id, reason})
    }
  })
}

/** What waits for a disabled endpoint is dead, and can be replayed when it is back. @returns whether it was enabled */
async function disable(unit: Unit, id: string, reason: DisabledReason, now: Date): Promise<boolean> {
  const database = unit.database<WebhookDatabase>()
  const at = now.toISOString()
  const disabled = await database
    .updateTable('omni_webhook_endpoints')
    .set({disabled_at: at, disabled_reason: reason})
    .where('id', '=', id)
    .where('disabled_at', 'is', null)
    .returning('id')
    .executeTakeFirst()
  await database
    .updateTable('omni_webhook_deliveries')
    .set({status: 'dead', due_at: null, claimed_by: null, finished_at: at})
    .where('endpoint', '=', id)
    .where('due_at', 'is not', null)
    .execute()
  return disabled !== undefined
}

/** @throws UnknownEndpointError */
export async function requireEndpoint(
  database: TenantReader<WebhookDatabase>,
  reference: string,
): Promise<EndpointRow> {
  const rows = await database
    .selectFrom('omni_webhook_endpoints')
    .selectAll()
    .where(eb => eb.or([eb('id', '=', reference), eb('name', '=', reference)]))
    .execute()
  const found = rows.find(row => row.id === reference) ?? rows[0]
  if (found) return found
  throw new UnknownEndpointError(`There is no webhook endpoint ${reference}`, {hint: '`omni webhooks list` shows them'})
}

async function assertNameIsFree(database: TenantWriter<WebhookDatabase>, name: string, id: string): Promise<void> {
  const other = await database
    .selectFrom('omni_webhook_endpoints')
    .select('id')
    .where('name', '=', name)
    .executeTakeFirst()
  if (other === undefined || other.id === id) return
  throw new EndpointExistsError(`There is a webhook endpoint called ${name} already`, {
    hint: `omni webhooks update ${name}, or another --name`,
  })
}

async function acceptedTarget(context: Context, text: string): Promise<URL> {
  const rules = targetRules(context.settings)
  const url = parseTarget(text, rules)
  if (!(await checkTarget(url, rules))) {
    context.emit({type: 'note', level: 'warn', message: `${url.hostname} has no address at the moment`})
  }
  return url
}

function nameOf(url: URL): string {
  const name = url.hostname
    .toLowerCase()
    .replaceAll(/[^a-z0-9._-]+/g, '-')
    .replace(/^[^a-z0-9]+/, '')
  return name.slice(0, 63)
}

async function assertMaySubscribe({registry, principal}: Context, patterns: readonly string[]): Promise<void> {
  const events = (await registry.events()).filter(event => event !== (webhookTest as EventDefinition))
  const beyond = coveredEvents(patterns, events).filter(event => !mayKnow(principal, event))
  if (beyond.length === 0) return
  const names = beyond.map(event => event.name)
  throw new SubscriptionBeyondRightsError(`${principal.id} may not read what ${names.join(', ')} tell`, {
    hint: 'subscribe to other events, or with a key that has their scopes: `omni webhooks events` names them',
    details: {events: names},
  })
}

function mayKnow(principal: Principal, {scopes}: EventDefinition): boolean {
  return scopes === '*' ? principal.scopes === '*' : scopes.every(scope => hasScope(principal, scope))
}
