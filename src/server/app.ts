import {Hono} from 'hono'
import type {JobQueue} from '../jobs/job-queue.ts'
import {ExitCode, NotFoundError, OmniError} from '../operation/errors.ts'
import type {Operation} from '../operation/operation.ts'
import {pooledIdentifiers} from '../operation/random.ts'
import type {Runtime} from '../runtime.ts'
import {type AppEnvironment, type AppRequest, type Enter, entrance, type Visit} from './entrance.ts'
import type {ReadCertificate} from './client-certificate.ts'
import {answerHeaders, headerOf} from './header.ts'
import {UnsupportedContentCodingError} from './content-coding.ts'
import type {IdempotentAnswers} from './idempotent-answers.ts'
import {acceptJobs, jobEventsRoute} from './job-routes.ts'
import {jsonText} from '../operation/json-text.ts'
import {operationRoute} from './operation-route.ts'
import {type Problem, problemOf, type Refusal} from './problem.ts'
import {type BodyOptions, BodyRoom} from './request-body.ts'
import {traceOf} from './trace.ts'

export interface AppOptions {
  /** What is offered: those with a route. */
  readonly operations: readonly Operation[]
  readonly runtime: Pick<Runtime, 'context' | 'clock' | 'random' | 'log' | 'version'>
  readonly enter: Enter
  readonly answers?: IdempotentAnswers
  /** Where work goes that the client does not wait for. */
  readonly jobs?: {readonly queue: JobQueue; readonly wake: () => void}
  /** Further surfaces of the same operations. */
  readonly mounts?: readonly Mount[]
  /** Routes that plugins bring, each made with `MountPoint.route`. */
  readonly pluginMounts?: readonly Mount[]
  /** The largest body, in bytes. */
  readonly bodyLimit?: number
  /** Aborted when the server takes no more requests: what has no end of its own ends then. */
  readonly ending?: AbortSignal
  /** A proxy in front of the server says where requests come from. */
  readonly behindProxy?: boolean
  /** Tells which verified certificate a request came with. */
  readonly readCertificate?: ReadCertificate
  /** Looks at every request before anything else is done with it; what it throws is the answer. */
  readonly acceptRequest?: (request: AppRequest) => void
  /** Told of every request that was refused because of who sent it, before it is answered. */
  readonly onRefusal?: (request: AppRequest, error: OmniError) => Promise<void>
  /** Told of every answer, with how long it took in milliseconds. */
  readonly onAnswer?: (request: AppRequest, status: number, milliseconds: number) => void
}

/** Adds routes of its own to the app, such as documents, GraphQL or MCP. */
export type Mount = (app: Hono<AppEnvironment>, server: MountPoint) => void

/** What a mount gets to serve requests like the routes of operations do. */
export interface MountPoint {
  readonly operations: readonly Operation[]
  readonly version: string
  /** How bodies are to be read (`readJsonBody`). */
  readonly body: BodyOptions
  /** Aborted when the server takes no more requests: streams that have no end of their own end then. */
  readonly ending: AbortSignal
  /**
   * Who sends the request and in which tenant, which the input may name. A protocol whose clients show their key in
   * another header hands it on as `authorization`, written as that header would be.
   * @throws UnauthenticatedError, TenantDeniedError
   */
  enter(request: AppRequest, named?: {readonly tenant?: string; readonly authorization?: string}): Promise<Visit>
  /**
   * A handler with all that belongs to a request: its ids, its record, problems for what it throws. Its answers have
   * their headers (`answerHeaders`) from the start, as changing those of a made one makes it anew: for plugins' routes.
   */
  route(handle: (request: AppRequest) => Promise<Response>): (request: AppRequest) => Promise<Response>
  /** What an error is to the client; refusals and bugs are put on record. */
  explain(request: AppRequest, error: unknown): Promise<Refusal>
  /** The answer to an error, as problem details. Errors that a route throws get it by themselves. */
  refuse(request: AppRequest, error: unknown): Promise<Response>
}

/** No operation has this path. */
export class UnknownRouteError extends NotFoundError {
  override readonly code = 'unknown_route'
}

/** The path is known, its method is not. */
export class MethodNotAllowedError extends OmniError {
  readonly code = 'method_not_allowed'
  readonly exitCode = ExitCode.usage
  readonly httpStatus = 405
  readonly allowed: readonly string[]

  constructor(method: string, allowed: readonly string[]) {
    super(`This path does not answer ${method}`, {hint: `use ${allowed.join(' or ')}`})
    this.allowed = allowed
  }
}

export const defaultBodyLimit = 32 * 1024 * 1024
/** So many of the largest bodies may be on their way in at once. */
const bodiesAtOnce = 8

/** The server as a function from requests to answers: routes of all operations, without a socket. */
export function createApp(options: AppOptions): Hono<AppEnvironment> {
  const {runtime, operations, answers, jobs, bodyLimit = defaultBodyLimit} = options
  const offered = operations.filter(operation => operation.http !== undefined)
  const door = entrance(options)
  const body = {limit: bodyLimit, room: new BodyRoom(bodyLimit * bodiesAtOnce)}
  const explain = explainer(options)
  const refuse = async (request: AppRequest, error: unknown) =>
    problemResponse(request, (await explain(request, error)).problem, error)
  const {acceptRequest} = options
  const acceptJob = jobs && acceptJobs(jobs.queue, {random: runtime.random, wake: jobs.wake})

  const identifiers = pooledIdentifiers(runtime.random, runtime.clock)
  const begin = (request: AppRequest) => {
    request.set('version', runtime.version)
    const given = {requestId: headerOf(request, 'x-request-id'), traceparent: headerOf(request, 'traceparent')}
    request.set('trace', traceOf(given, identifiers))
    return runtime.clock.elapsed()
  }
  const end = (request: AppRequest, response: Response, began: number) =>
    options.onAnswer?.(request, response.status, runtime.clock.elapsed() - began)

  const own = (route: (request: AppRequest) => Promise<Response>) => async (request: AppRequest) => {
    const began = begin(request)
    let response: Response
    try {
      acceptRequest?.(request)
      response = await route(request)
    } catch (error) {
      response = await refuse(request, error)
    }
    end(request, response, began)
    return response
  }

  // Operations have an app of their own: where a route has no middleware beside it, Hono calls it without more ado.
  const app = new Hono<AppEnvironment>()
  const surfaces = new Hono<AppEnvironment>()
  for (const operation of offered) {
    const route = operationRoute(operation, {entrance: door, body, explain, answers, acceptJob})
    app.on(operation.http!.method, [honoPath(operation)], own(route))
  }
  if (jobs) app.get('/api/v1/jobs/:id/events', own(jobEventsRoute(door, explain)))
  const point: MountPoint = {
    operations: offered,
    version: runtime.version,
    body,
    ending: options.ending ?? new AbortController().signal,
    enter: async (request, {tenant, authorization} = {}) =>
      door.admit(request, await door.identify(request, authorization), tenant),
    route: own,
    explain,
    refuse,
  }
  for (const mount of options.pluginMounts ?? []) mount(app, point)
  surfaces.use(async (request, next) => {
    const began = begin(request)
    acceptRequest?.(request)
    await next()
    const {headers} = request.res
    for (const [name, value] of Object.entries(answerHeaders(request))) {
      if (name !== 'Cache-Control' || !headers.has(name)) headers.set(name, value)
    }
    end(request, request.res, began)
  })
  for (const mount of options.mounts ?? []) mount(surfaces, point)
  surfaces.notFound(request => refuse(request, unknownRoute(request, offered)))
  surfaces.onError((error, request) => refuse(request, error))
  app.notFound(request => surfaces.fetch(request.req.raw, request.env))
  return app
}

/** Makes problems of errors. Bugs go to the log with their stack, refusals to whoever keeps account of them. */
function explainer({runtime, onRefusal}: AppOptions) {
  return async (request: AppRequest, error: unknown): Promise<Refusal> => {
    const {requestId} = request.get('trace')
    const refusal = problemOf(error, requestId, request.req.raw.signal.aborted)
    if (refusal.unexpected) {
      const stack = error instanceof Error ? error.stack : String(error)
      runtime.log.error('A request met a bug', {request_id: requestId, route: request.get('route'), stack})
    }
    if (error instanceof OmniError && (error.httpStatus === 401 || error.httpStatus === 403)) {
      await onRefusal?.(request, error)
    }
    return refusal
  }
}

function problemResponse(request: AppRequest, problem: Problem, error: unknown): Response {
  const retryAfter = (error as {retryAfter?: unknown} | null)?.retryAfter
  return new Response(jsonText(problem), {
    status: problem.status,
    headers: {
      ...answerHeaders(request),
      'Content-Type': 'application/problem+json',
      ...(problem.status === 401 ? {'WWW-Authenticate': 'Bearer'} : {}),
      ...(error instanceof MethodNotAllowedError ? {Allow: error.allowed.join(', ')} : {}),
      ...(error instanceof UnsupportedContentCodingError ? {'Accept-Encoding': error.acceptEncoding} : {}),
      ...(typeof retryAfter === 'number' ? {'Retry-After': String(retryAfter)} : {}),
    },
  })
}

/** `/a/{b}` as Hono writes it: `/a/:b`. */
function honoPath(operation: Operation): string {
  return operation.http!.path.replaceAll(/\{([a-z_]+)\}/g, ':$1')
}

function unknownRoute(request: AppRequest, operations: readonly Operation[]): OmniError {
  const {path, method} = request.req
  const allowed = operations
    .filter(operation => pathPattern(operation.http!.path).test(path))
    .map(operation => operation.http!.method)
  if (allowed.length > 0) return new MethodNotAllowedError(method, [...new Set(allowed)].toSorted())
  return new UnknownRouteError('There is nothing at this path', {hint: 'GET /openapi.json lists every route'})
}

function pathPattern(path: string): RegExp {
  return new RegExp(`^${path.replaceAll(/\{[a-z_]+\}/g, '[^/]+')}$`)
}
