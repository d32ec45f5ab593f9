import {createHash} from 'node:crypto'
import {setTimeout as delay} from 'node:timers/promises'
import {canonicalJson, type Json} from '../audit/canonical-json.ts'
import {jobOut} from '../jobs/handlers/job-output.ts'
import {findJob, jobEventsAfter} from '../jobs/job-book.ts'
import type {JobQueue, JobRow} from '../jobs/job-queue.ts'
import {jobsShow} from '../jobs/operations/show.ts'
import type {Context} from '../operation/context.ts'
import {ExitCode} from '../operation/errors.ts'
import {parseInput, requireScopes} from '../operation/invoke.ts'
import type {Operation} from '../operation/operation.ts'
import {uuidV7} from '../operation/random.ts'
import type {Runtime} from '../runtime.ts'
import {IdempotencyConflictError} from '../store/errors.ts'
import type {AppRequest, Entrance, Visit} from './entrance.ts'
import {eventStream, type StreamedEvent} from './event-stream.ts'
import {answerHeaders, headerOf} from './header.ts'
import {jsonText} from '../operation/json-text.ts'
import type {Refusal} from './problem.ts'

export interface JobRequested {
  readonly operation: Operation
  readonly input: Readonly<Record<string, unknown>>
  readonly visit: Visit
  readonly request: AppRequest
  readonly key: string | undefined
}

/** Takes work on to be done later, and answers 202 with where to ask for it. */
export type AcceptJob = (requested: JobRequested) => Promise<Response>

/** @throws DeniedError, InputMismatchError at once; IdempotencyConflictError for a key of another request */
export function acceptJobs(
  queue: JobQueue,
  {random, wake}: Pick<Runtime, 'random'> & {readonly wake: () => void},
): AcceptJob {
  return async ({operation, input, visit, request, key}) => {
    requireScopes(operation, visit.context(operation))
    parseInput(operation, input)
    const {tenant} = visit
    const {principal} = visit.identity
    const {requestId} = request.get('trace')
    const id = key === undefined ? random.id() : idOf([tenant, principal.id, key])
    const row = await queue.add({id, tenant, operation: operation.id, input, principal, requestId})
    if (!isSame(row, operation, input)) {
      throw new IdempotencyConflictError(`The idempotency key ${key} was used for a different request`, {
        hint: 'use a new key for a new request',
      })
    }
    wake()
    return new Response(jsonText(jobOut(row)), {
      status: 202,
      headers: {
        ...answerHeaders(request),
        'Content-Type': 'application/json',
        Location: `/api/v1/jobs/${id}`,
        'Preference-Applied': 'respond-async',
        ...(row.request_id === requestId ? {} : {'Idempotent-Replayed': 'true'}),
      },
    })
  }
}

/** The same id for the same key, so that a repeated request finds its job. Its time is the beginning of time. */
function idOf(parts: readonly string[]): string {
  const digest = createHash('sha256')
    .update(canonicalJson([...parts]))
    .digest()
  return uuidV7(0, digest.subarray(0, 10))
}

function isSame(row: JobRow, operation: Operation, input: unknown): boolean {
  return row.operation === operation.id && canonicalJson(row.input as Json) === canonicalJson(input as Json)
}

/** Between two looks at a job's log, in milliseconds. */
const lookMs = 300

/** What a job says, from the event after `Last-Event-ID` to its end. */
export function jobEventsRoute(entrance: Entrance, explain: (request: AppRequest, error: unknown) => Promise<Refusal>) {
  return async (request: AppRequest): Promise<Response> => {
    request.set('route', 'jobs.events')
    const visit = entrance.admit(request, await entrance.identify(request))
    const context = visit.context(jobsShow)
    const job = await findJob(context, request.req.param('id') ?? '')
    const last = Number(headerOf(request, 'last-event-id'))
    return eventStream({
      signal: request.req.raw.signal,
      headers: answerHeaders(request),
      run: async (send, signal) => {
        try {
          await follow(context, job.id, Number.isInteger(last) && last > 0 ? last : 0, send, signal)
        } catch (error) {
          const {problem} = await explain(request, error)
          send({event: 'error', json: jsonText(problem)})
        }
      },
    })
  }
}

async function follow(
  context: Context,
  id: string,
  after: number,
  send: (event: StreamedEvent) => void,
  signal: AbortSignal,
): Promise<void> {
  let last = after
  while (!signal.aborted) {
    // The job first: what it said before it ended is then in the log.
    const job = await findJob(context, id)
    const events = await jobEventsAfter(context, id, last)
    for (const {seq, event, data} of events) send({id: seq, event, json: jsonText(data)})
    last = events.at(-1)?.seq ?? last
    if (job.finished_at !== null && events.length === 0) {
      sendEnd(job, last, send)
      return
    }
    if (events.length === 0) await delay(lookMs, undefined, {signal}).catch(() => {})
  }
}

function sendEnd({output, exit_code, error}: JobRow, last: number, send: (event: StreamedEvent) => void): void {
  if (output === null) {
    send({id: last + 1, event: 'error', json: jsonText(error)})
    return
  }
  const partial = exit_code !== null && exit_code !== ExitCode.done
  if (partial) send({id: last + 1, event: 'outcome', json: jsonText({exit_code})})
  send({id: last + 2, event: 'result', json: output})
}
