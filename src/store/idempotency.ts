import {createHash} from 'node:crypto'
import type {Kysely} from 'kysely'
import {canonicalJson, type Json} from '../audit/canonical-json.ts'
import type {Clock} from '../operation/context.ts'
import {IdempotencyConflictError, StoreUsageError} from './errors.ts'
import type {UnitDatabase} from './kernel-migrations.ts'

/** A request that may come twice and must act once. */
export interface IdempotentRequest {
  /** Chosen by the caller, unique per tenant and principal for a day. */
  readonly key: string
  /** The input; a key that comes back with another input is a conflict. */
  readonly request: Json
}

/** How long a response is kept for repeats, in milliseconds: a day, as Stripe documents for its API. */
export const idempotencyLifetime = 24 * 60 * 60 * 1000

export interface IdempotencyScope {
  readonly tenant: string
  readonly principal: string
  readonly operation: string
  readonly clock: Clock
}

/** SHA-256 over what makes a request the same request. */
function requestDigest(scope: IdempotencyScope, {request}: IdempotentRequest): string {
  return createHash('sha256')
    .update(canonicalJson({operation: scope.operation, request}))
    .digest('hex')
}

/**
 * Takes the key for this transaction, or finds the response that was stored under it. A second request at the same
 * time waits in the database until the first one commits or rolls back.
 * @throws IdempotencyConflictError if the key was used for a different request
 */
export async function takeKey(
  database: Kysely<UnitDatabase>,
  scope: IdempotencyScope,
  request: IdempotentRequest,
): Promise<{readonly replay: Json} | undefined> {
  const {tenant, principal} = scope
  const now = scope.clock.now()
  const digest = requestDigest(scope, request)
  await database
    .deleteFrom('omni_idempotency')
    .where('tenant', '=', tenant)
    .where('expires_at', '<=', now.toISOString())
    .execute()
  const taken = await database
    .insertInto('omni_idempotency')
    .values({
      tenant,
      principal,
      key: request.key,
      digest,
      response: null,
      created_at: now.toISOString(),
      expires_at: new Date(now.getTime() + idempotencyLifetime).toISOString(),
    } as never)
    .onConflict(conflict => conflict.doNothing())
    .returning('key')
    .executeTakeFirst()
  if (taken !== undefined) return undefined
  const stored = await database
    .selectFrom('omni_idempotency')
    .select(['digest', 'response'])
    .where('tenant', '=', tenant)
    .where('principal', '=', principal)
    .where('key', '=', request.key)
    .executeTakeFirstOrThrow()
  if (stored.digest !== digest || stored.response === null) {
    throw new IdempotencyConflictError(`The idempotency key ${request.key} was used for a different request`, {
      hint: 'use a new key for a new request',
    })
  }
  return {replay: JSON.parse(stored.response) as Json}
}

/** Keeps the response for repeats. @throws StoreUsageError if it is not JSON: a repeat would get something else */
export async function keepResponse(
  database: Kysely<UnitDatabase>,
  scope: IdempotencyScope,
  request: IdempotentRequest,
  response: unknown,
): Promise<void> {
  await database
    .updateTable('omni_idempotency')
    .set({response: responseText(response)})
    .where('tenant', '=', scope.tenant)
    .where('principal', '=', scope.principal)
    .where('key', '=', request.key)
    .execute()
}

function responseText(response: unknown): string {
  try {
    return JSON.stringify(response ?? null)
  } catch (error) {
    throw new StoreUsageError(`The result of an idempotent unit must be JSON: ${(error as Error).message}`, {
      cause: error,
    })
  }
}
