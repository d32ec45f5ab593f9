import {
  type Attempt,
  assertIdempotencyKey,
  type IdempotentAnswers,
  isStored,
  type StoredAnswer,
} from './idempotent-answers.ts'
import {ExitCode} from '../operation/errors.ts'
import {invoke} from '../operation/invoke.ts'
import type {Operation} from '../operation/operation.ts'
import type {AppRequest, Entrance, Visit} from './entrance.ts'
import {answeredFile, askingForFile} from './answered-file.ts'
import {eventStream} from './event-stream.ts'
import {answerHeaders, headerOf} from './header.ts'
import {formType, readForm} from './form-body.ts'
import type {AcceptJob} from './job-routes.ts'
import {jsonText} from '../operation/json-text.ts'
import {takesQuery} from '../operation/route.ts'
import type {Refusal} from './problem.ts'
import {type BodyOptions, readBytes, readJsonBody} from './request-body.ts'
import {inputReader, type RequestParts} from './request-input.ts'

export interface OperationRouteOptions {
  readonly entrance: Entrance
  readonly body: BodyOptions
  /** What an error is to the client, noted in log and audit. */
  readonly explain: (request: AppRequest, error: unknown) => Promise<Refusal>
  /** Without it, idempotency keys are not heeded. */
  readonly answers?: IdempotentAnswers | undefined
  /** Without it, all work is done while the client waits. */
  readonly acceptJob?: AcceptJob | undefined
}

/** What one request asks of one operation. */
interface Asked {
  readonly operation: Operation
  readonly input: Readonly<Record<string, unknown>>
  readonly visit: Visit
  readonly request: AppRequest
}

/** The route of an operation: a request becomes an input, the operation is invoked, its output is the answer. */
export function operationRoute(operation: Operation, options: OperationRouteOptions) {
  const {entrance, acceptJob} = options
  const readInput = inputReader(operation)
  const fromQuery = takesQuery(operation)
  const inPath = operation.http!.path.includes('{')
  const changes = operation.effects !== 'read'

  return async (request: AppRequest): Promise<Response> => {
    request.set('route', operation.id)
    // Of a sender who is unknown no body is read.
    const identity = await entrance.identify(request)
    const {input: sent, tenant} = readInput({
      path: inPath ? request.req.param() : noFields,
      query: queryOf(request.req.url),
      ...(fromQuery ? {body: noFields} : await readBody(operation, request, options.body)),
    })
    const input = askingForFile(operation, request, sent)
    const visit = entrance.admit(request, identity, tenant)
    const asked = {operation, input, visit, request}
    if (!changes) return answered(asked, undefined, options)
    const key = headerOf(request, 'idempotency-key')
    if (key !== undefined) assertIdempotencyKey(key)
    if (acceptJob && operation.confidential !== true && prefersJob(request)) return acceptJob({...asked, key})
    return answeredOnce(asked, key, options)
  }
}

/** A form where the operation takes files and the request carries some; else JSON. */
async function readBody(
  {http}: Operation,
  request: AppRequest,
  options: BodyOptions,
): Promise<Pick<RequestParts, 'body' | 'form'>> {
  const field = http?.files
  const contentType = field === undefined ? undefined : headerOf(request, 'content-type')
  if (field === undefined || !contentType?.toLowerCase().startsWith(formType)) {
    return {body: await readJsonBody(request, options)}
  }
  return {body: noFields, form: await readForm(await readBytes(request.req.raw, options), contentType, field)}
}

async function answeredOnce(asked: Asked, key: string | undefined, options: OperationRouteOptions): Promise<Response> {
  const {answers} = options
  if (key === undefined || answers === undefined) return answered(asked, undefined, options)
  const {operation, input, visit} = asked
  const principal = visit.identity.principal.id
  const outcome = await answers.begin({tenant: visit.tenant, principal, key, operation, input})
  if (!isStored(outcome)) return answered(asked, outcome, options)
  const replayed = {'Idempotent-Replayed': 'true'}
  if (!wantsEvents(asked.request)) return answerResponse(asked, outcome, replayed)
  return eventStream({
    signal: asked.request.req.raw.signal,
    headers: {...answerHeaders(asked.request), ...replayed},
    run: async send => sendAnswer(outcome, send),
  })
}

async function answered(asked: Asked, attempt: Attempt | undefined, options: OperationRouteOptions): Promise<Response> {
  const {operation, visit, request} = asked
  const {signal} = request.req.raw
  if (!wantsEvents(request))
    return answerResponse(
      asked,
      await answerOf(asked, attempt, visit.context(operation, {signal, witness: attempt?.witness}), options),
    )
  return eventStream({
    signal,
    headers: answerHeaders(request),
    run: async (send, left) => {
      const context = visit.context(operation, {
        signal: left,
        witness: attempt?.witness,
        emit: event => send({event: event.type, json: jsonText(event)}),
      })
      try {
        sendAnswer(await answerOf(asked, attempt, context, options), send)
      } catch (error) {
        const {problem} = await options.explain(request, error)
        send({event: 'error', json: jsonText(problem)})
      }
    },
  })
}

/** Invokes the operation. Its answer is kept under the key; after a failure the key is free again. */
async function answerOf(
  {operation, input, request}: Asked,
  attempt: Attempt | undefined,
  context: Parameters<typeof invoke>[2],
  {explain}: OperationRouteOptions,
): Promise<StoredAnswer> {
  try {
    const output: unknown = await invoke(operation, input as never, context)
    const answer = {status: 200, exitCode: operation.outcome?.(output) ?? ExitCode.done, body: jsonText(output)}
    await attempt?.finish(answer)
    return answer
  } catch (error) {
    if (attempt?.committed === true && operation.repeatable === false) {
      const {problem} = await explain(request, error)
      await attempt.finish({status: problem.status, exitCode: problem.exit_code, body: jsonText(problem)})
    } else await attempt?.release()
    throw error
  }
}

function sendAnswer(
  {status, exitCode, body}: StoredAnswer,
  send: (event: {event: string; json: string}) => void,
): void {
  if (status >= 400) {
    send({event: 'error', json: body})
    return
  }
  if (exitCode !== ExitCode.done) send({event: 'outcome', json: jsonText({exit_code: exitCode})})
  send({event: 'result', json: body})
}

function answerResponse(
  {operation, request}: Pick<Asked, 'operation' | 'request'>,
  {status, exitCode, body}: StoredAnswer,
  headers?: Record<string, string>,
): Response {
  const all = answerHeaders(request)
  const file = status < 400 ? answeredFile(operation, request, body) : undefined
  all['Content-Type'] = file?.mediaType ?? (status < 400 ? 'application/json' : 'application/problem+json')
  if (operation.http?.file !== undefined) all.Vary = 'Accept'
  if (exitCode !== ExitCode.done && status < 400) all['Omni-Exit-Code'] = String(exitCode)
  return new Response(file?.bytes ?? body, {status, headers: headers ? Object.assign(all, headers) : all})
}

const noFields = {}
const noQuery = new URLSearchParams()

function queryOf(url: string): URLSearchParams {
  const at = url.indexOf('?')
  return at === -1 ? noQuery : new URLSearchParams(url.slice(at + 1))
}

function wantsEvents(request: AppRequest): boolean {
  return headerOf(request, 'accept')?.includes('text/event-stream') === true
}

/** RFC 7240, section 4.1. */
function prefersJob(request: AppRequest): boolean {
  return /(^|[,;\s])respond-async($|[,;\s])/i.test(headerOf(request, 'prefer') ?? '')
}
