import type {Selectable} from 'kysely'
import type {Context} from '../operation/context.ts'
import {ConflictError, NotFoundError} from '../operation/errors.ts'
import {requireEndpoint} from './endpoint-book.ts'
import type {WebhookDatabase} from './tables.ts'

export type DeliveryRow = Selectable<WebhookDatabase['omni_webhook_deliveries']>
export type AttemptRow = Selectable<WebhookDatabase['omni_webhook_attempts']>

/** `pending`: is or will be attempted. `dead`: given up, until it is replayed. */
export type DeliveryStatus = 'pending' | 'delivered' | 'dead'

/** No delivery of this id goes to the endpoint. */
export class UnknownDeliveryError extends NotFoundError {
  override readonly code = 'unknown_delivery'
}

/** A disabled endpoint gets nothing. */
export class EndpointDisabledError extends ConflictError {
  override readonly code = 'endpoint_disabled'
}

export interface DeliveryQuery {
  readonly endpoint: string | undefined
  readonly status: DeliveryStatus | undefined
  readonly limit: number
  readonly before: string | undefined
}

/** Deliveries, the newest first, with their attempts in order. @throws UnknownEndpointError */
export async function listDeliveries(
  context: Context,
  {endpoint, status, limit, before}: DeliveryQuery,
): Promise<{row: DeliveryRow; attempts: AttemptRow[]}[]> {
  const database = (await context.store()).read<WebhookDatabase>(context.tenant)
  let query = database.selectFrom('omni_webhook_deliveries').selectAll().orderBy('id', 'desc').limit(limit)
  if (endpoint !== undefined) query = query.where('endpoint', '=', (await requireEndpoint(database, endpoint)).id)
  if (status !== undefined) query = query.where('status', '=', status)
  if (before !== undefined) query = query.where('id', '<', before)
  const rows = await query.execute()
  const attempts =
    rows.length === 0
      ? []
      : await database
          .selectFrom('omni_webhook_attempts')
          .selectAll()
          .where(
            'delivery',
            'in',
            rows.map(row => row.id),
          )
          .orderBy('number')
          .execute()
  const byDelivery = Map.groupBy(attempts, attempt => attempt.delivery)
  return rows.map(row => ({row, attempts: byDelivery.get(row.id) ?? []}))
}

/** How many deliveries of an endpoint stand how. */
export async function countDeliveries(context: Context, endpoint: string): Promise<Record<DeliveryStatus, number>> {
  const store = await context.store()
  const rows = await store
    .read<WebhookDatabase>(context.tenant)
    .selectFrom('omni_webhook_deliveries')
    .select(({fn}) => ['status', fn.countAll<number | bigint>().as('count')])
    .where('endpoint', '=', endpoint)
    .groupBy('status')
    .execute()
  const counts = Object.fromEntries(rows.map(({status, count}) => [status, Number(count)]))
  return {pending: 0, delivered: 0, dead: 0, ...counts}
}

export interface ReplayRequest {
  readonly endpoint: string
  /** One, however it ended. */
  readonly delivery: string | undefined
  /** Those of events since then. */
  readonly since: string | undefined
  /** Not only what is dead. */
  readonly delivered: boolean
}

/**
 * Puts finished deliveries back to the beginning of the schedule, under the id of their event, so that a receiver that
 * has it knows it again.
 * @returns how many
 * @throws UnknownEndpointError, EndpointDisabledError, UnknownDeliveryError
 */
export async function replay(context: Context, request: ReplayRequest): Promise<number> {
  const audit = (replayed: {id: string; count: number}) => ({
    action: 'webhook.replayed',
    resource: `webhook:${replayed.id}`,
    details: {deliveries: replayed.count},
  })
  const store = await context.store()
  const {count} = await store.unit(context, {audit}, async unit => {
    const database = unit.database<WebhookDatabase>()
    const endpoint = await requireEndpoint(database, request.endpoint)
    if (endpoint.disabled_at !== null) {
      throw new EndpointDisabledError(`${endpoint.name} is disabled`, {
        hint: `omni webhooks update ${endpoint.name} --status enabled`,
      })
    }
    let update = database
      .updateTable('omni_webhook_deliveries')
      .set({
        status: 'pending',
        due_at: context.clock.now().toISOString(),
        claimed_by: null,
        tries: 0,
        finished_at: null,
      })
      .where('endpoint', '=', endpoint.id)
      .where('due_at', 'is', null)
    if (request.delivery !== undefined) update = update.where('id', '=', request.delivery)
    else if (!request.delivered) update = update.where('status', '=', 'dead')
    if (request.since !== undefined) {
      update = update.where('created_at', '>=', new Date(request.since).toISOString())
    }
    const replayed = await update.returning('id').execute()
    if (request.delivery !== undefined && replayed.length === 0) {
      await assertFinished(database, endpoint.name, request.delivery)
    }
    return {id: endpoint.id, count: replayed.length}
  })
  return count
}

async function assertFinished(
  database: Parameters<typeof requireEndpoint>[0],
  endpoint: string,
  id: string,
): Promise<never> {
  const row = await database
    .selectFrom('omni_webhook_deliveries')
    .select('status')
    .where('id', '=', id)
    .executeTakeFirst()
  if (row?.status === 'pending') throw new ConflictError('The delivery is under way already')
  throw new UnknownDeliveryError(`There is no delivery ${id} to ${endpoint}`, {
    hint: `omni webhooks deliveries ${endpoint}`,
  })
}
