import {createHash} from 'node:crypto'
import type {Kysely} from 'kysely'
import {canonicalJson, type Json} from '../audit/canonical-json.ts'
import type {Clock, Randomness} from '../operation/context.ts'
import {ConflictError, ExitCode, InvalidInputError, OmniError} from '../operation/errors.ts'
import type {Operation} from '../operation/operation.ts'
import {kyselyOver} from '../store/engine.ts'
import {IdempotencyConflictError} from '../store/errors.ts'
import {idempotencyLifetime} from '../store/idempotency.ts'
import type {Store} from '../store/store.ts'
import {systemOf} from '../store/system.ts'
import type {UnitWitness} from '../store/unit.ts'
import type {AnswerDatabase} from './answer-table.ts'

/** What a request is known by when it comes again. */
export interface RepeatableRequest {
  readonly tenant: string
  readonly principal: string
  readonly key: string
  readonly operation: Operation
  readonly input: unknown
}

/** An answer as it is kept. */
export interface StoredAnswer {
  readonly status: number
  readonly exitCode: number
  /** JSON text. */
  readonly body: string
}

/** The right to act on a key: the answer is given through it. */
export interface Attempt {
  /** Notes, within each unit's own transaction, that the operation has changed something. */
  readonly witness: UnitWitness
  /** Whether the witness was called: something may have been changed. */
  readonly committed: boolean
  /** Keeps the answer for repeats. */
  finish(answer: StoredAnswer): Promise<void>
  /** Lets the key go: nothing was done, and a repeat may try. */
  release(): Promise<void>
}

/** The first request under the key has no answer yet. */
export class RequestRunningError extends ConflictError {
  override readonly code = 'request_running'
  /** Seconds. */
  readonly retryAfter = 2
}

/** The server stopped in the middle of the first request, after something was done. */
export class RequestInterruptedError extends ConflictError {
  override readonly code = 'request_interrupted'
}

/** The first answer held a secret and was not kept. */
export class AnswerNotKeptError extends OmniError {
  readonly code = 'answer_not_kept'
  readonly exitCode = ExitCode.conflict
  readonly httpStatus = 409
}

/** How long a holder is believed without a sign of life, in milliseconds, and how often it gives one. */
const holdMs = 20_000
const renewMs = 5_000

const fitKey = /^[\x21-\x7e]{1,255}$/

/** @throws InvalidInputError for a key that is empty, longer than 255 characters or not plain ASCII */
export function assertIdempotencyKey(key: string): void {
  if (fitKey.test(key)) return
  throw new InvalidInputError('Idempotency-Key must be 1 to 255 visible ASCII characters')
}

/**
 * Answers by idempotency key: a request that comes again gets the answer of the first time, for a day. The key is
 * taken in a transaction of its own before the operation begins, and held with signs of life while it works. When the
 * holder dies, the next request under the key takes over, and runs the operation if nothing was committed or if running
 * it twice does no harm.
 */
export class IdempotentAnswers {
  readonly #store: () => Promise<Store>
  readonly #clock: Clock
  readonly #random: Randomness

  constructor(options: {readonly store: () => Promise<Store>; readonly clock: Clock; readonly random: Randomness}) {
    this.#store = options.store
    this.#clock = options.clock
    this.#random = options.random
  }

  /**
   * Takes the key, or finds the answer.
   * @throws IdempotencyConflictError, RequestRunningError, RequestInterruptedError, AnswerNotKeptError
   */
  async begin(request: RepeatableRequest): Promise<Attempt | StoredAnswer> {
    const holder = this.#random.id()
    const digest = digestOf(request)
    const outcome = await this.#transaction(async database => {
      const now = this.#clock.now()
      await database
        .deleteFrom('omni_answers')
        .where('tenant', '=', request.tenant)
        .where('expires_at', '<=', now.toISOString())
        .execute()
      const taken = await database
        .insertInto('omni_answers')
        .values({
          tenant: request.tenant,
          principal: request.principal,
          key: request.key,
          digest,
          holder,
          held_until: later(now, holdMs),
          status: null,
          exit_code: null,
          body: null,
          created_at: now.toISOString(),
          expires_at: later(now, idempotencyLifetime),
        } as never)
        .onConflict(conflict => conflict.doNothing())
        .returning('holder')
        .executeTakeFirst()
      return taken === undefined ? this.#takeOver(database, request, {holder, digest, now}) : undefined
    })
    return outcome ?? this.#attempt(request, holder)
  }

  /** What is stored, or undefined where the key was taken from a holder that died. */
  async #takeOver(
    database: Kysely<AnswerDatabase>,
    request: RepeatableRequest,
    {holder, digest, now}: {readonly holder: string; readonly digest: string; readonly now: Date},
  ): Promise<StoredAnswer | undefined> {
    const stored = await database
      .selectFrom('omni_answers')
      .selectAll()
      .where('tenant', '=', request.tenant)
      .where('principal', '=', request.principal)
      .where('key', '=', request.key)
      .executeTakeFirst()
    // Released in between: to be tried again by the caller, like one that runs.
    if (stored === undefined) throw new RequestRunningError('A request with this idempotency key has just ended')
    if (stored.digest !== digest) {
      throw new IdempotencyConflictError(`The idempotency key ${request.key} was used for a different request`, {
        hint: 'use a new key for a new request',
      })
    }
    if (stored.status !== null) return storedAnswer(stored, request)
    if (stored.held_until > now.toISOString()) {
      throw new RequestRunningError('The first request with this idempotency key is still at work', {
        hint: 'ask again with the same key',
      })
    }
    if (stored.committed && request.operation.repeatable === false) {
      throw new RequestInterruptedError(
        'The server stopped in the middle of this request, after it had changed something; it is not done a second time',
        {hint: 'look what was done, in the audit log too, and send what is missing with a new key'},
      )
    }
    const {numUpdatedRows} = await database
      .updateTable('omni_answers')
      .set({holder, held_until: later(now, holdMs)})
      .where('tenant', '=', request.tenant)
      .where('principal', '=', request.principal)
      .where('key', '=', request.key)
      .where('holder', '=', stored.holder)
      .executeTakeFirst()
    if (numUpdatedRows === 0n) throw new RequestRunningError('Another request with this key has just begun')
    return undefined
  }

  #attempt(request: RepeatableRequest, holder: string): Attempt {
    const {tenant, principal, key} = request
    const own = (database: Kysely<AnswerDatabase>) =>
      database
        .updateTable('omni_answers')
        .where('tenant', '=', tenant)
        .where('principal', '=', principal)
        .where('key', '=', key)
        .where('holder', '=', holder)
    const renewal = setInterval(() => {
      const held_until = later(this.#clock.now(), holdMs)
      // A sign of life that fails is followed by the next, or by somebody who takes over.
      this.#transaction(database => own(database).set({held_until}).execute()).catch(() => {})
    }, renewMs)
    renewal.unref()
    let committed = false
    return {
      get committed() {
        return committed
      },
      witness: async database => {
        committed = true
        const {numUpdatedRows} = await own(database as unknown as Kysely<AnswerDatabase>)
          .set({committed: true})
          .executeTakeFirst()
        // Another took over while this one was believed dead: only one of them may commit.
        if (numUpdatedRows === 0n) throw new RequestRunningError('Another server has taken this request over')
      },
      finish: async ({status, exitCode, body}) => {
        clearInterval(renewal)
        const kept = request.operation.confidential && status < 400 ? null : body
        await this.#transaction(database => own(database).set({status, exit_code: exitCode, body: kept}).execute())
      },
      release: async () => {
        clearInterval(renewal)
        await this.#transaction(database =>
          database
            .deleteFrom('omni_answers')
            .where('tenant', '=', tenant)
            .where('principal', '=', principal)
            .where('key', '=', key)
            .where('holder', '=', holder)
            .execute(),
        )
      },
    }
  }

  async #transaction<T>(work: (database: Kysely<AnswerDatabase>) => Promise<T>): Promise<T> {
    const {engine} = systemOf(await this.#store())
    return engine.transaction(connection => work(kyselyOver<AnswerDatabase>(engine, connection)))
  }
}

/** Whether the first request is answered already. */
export function isStored(outcome: Attempt | StoredAnswer): outcome is StoredAnswer {
  return 'status' in outcome
}

function storedAnswer(
  stored: {readonly status: number | null; readonly exit_code: number | null; readonly body: string | null},
  {operation}: RepeatableRequest,
): StoredAnswer {
  const {status, exit_code, body} = stored
  if (status === null || body === null) {
    throw new AnswerNotKeptError(`${operation.id} was done, and its answer is not kept: it holds a secret`, {
      hint: 'if the answer was lost, undo what was done (omni keys revoke) and begin anew with another key',
    })
  }
  return {status, exitCode: exit_code ?? 0, body}
}

/** SHA-256 over what makes a request the same request. */
function digestOf({operation, input}: RepeatableRequest): string {
  return createHash('sha256')
    .update(canonicalJson({operation: operation.id, input: input as Json}))
    .digest('hex')
}

function later(now: Date, milliseconds: number): string {
  return new Date(now.getTime() + milliseconds).toISOString()
}
