import {type Context as HonoContext, Hono} from 'hono'
import type {Context, OperationEvent} from '../operation/context.ts'
import {ExitCode, InvalidInputError, NotFoundError, OmniError} from '../operation/errors.ts'
import {invoke} from '../operation/invoke.ts'
import type {Operation} from '../operation/operation.ts'
import type {Runtime} from '../runtime.ts'
import {clientAddress} from './client-address.ts'
import {eventStream} from './event-stream.ts'
import {type Authenticate, enterTenant, type Identity} from './identity.ts'
import {jsonText} from './json-text.ts'
import {type Problem, problemOf} from './problem.ts'
import {readJsonBody} from './request-body.ts'
import {inputReader, takesQuery, tenantField} from './request-input.ts'
import {type Trace, traceOf} from './trace.ts'

export interface AppOptions {
  /** What is offered: those with a route. */
  readonly operations: readonly Operation[]
  readonly runtime: Pick<Runtime, 'context' | 'clock' | 'random' | 'log' | 'version'>
  readonly authenticate: Authenticate
  /** Further surfaces of the same operations. */
  readonly mounts?: readonly Mount[]
  /** The largest body, in bytes. */
  readonly bodyLimit?: number
  /** A proxy in front of the server says where requests come from. */
  readonly behindProxy?: boolean
}

/** Adds routes of its own to the app, such as documents, GraphQL or MCP. */
export type Mount = (app: Hono<AppEnvironment>, server: MountPoint) => void

/** What a mount gets to serve requests like the routes of operations do. */
export interface MountPoint {
  readonly operations: readonly Operation[]
  readonly version: string
  /** Who sends the request and in which tenant. @throws UnauthenticatedError, TenantDeniedError */
  enter(request: HonoContext<AppEnvironment>, tenant?: string): Promise<Visit>
  /** The answer to an error, as problem details. */
  refuse(request: HonoContext<AppEnvironment>, error: unknown): Response
}

/** A request that was let in. */
export interface Visit {
  readonly identity: Identity
  readonly tenant: string
  /** The context of one operation for this request. `invoke` checks scopes with it. */
  context(operation: Operation, call?: {signal?: AbortSignal; emit?: Context['emit']}): Context
}

export interface AppEnvironment {
  Variables: {trace: Trace}
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

/** A request names one tenant in the header and another in the input. */
export class TenantContradictionError extends InvalidInputError {
  override readonly code = 'tenant_contradiction'
}

const defaultBodyLimit = 32 * 1024 * 1024

/** The server as a function from requests to answers: routes of all operations, without a socket. */
export function createApp(options: AppOptions): Hono<AppEnvironment> {
  const app = new Hono<AppEnvironment>()
  const {runtime, operations} = options
  const offered = operations.filter(operation => operation.http !== undefined)
  const door = entrance(options)

  app.use(async (context, next) => {
    const trace = traceOf(
      {requestId: context.req.header('x-request-id'), traceparent: context.req.header('traceparent')},
      runtime.random,
    )
    context.set('trace', trace)
    await next()
    const {headers} = context.res
    headers.set('X-Request-ID', trace.requestId)
    headers.set('traceparent', trace.traceparent)
    headers.set('Omni-Version', runtime.version)
    headers.set('X-Content-Type-Options', 'nosniff')
    if (!headers.has('cache-control')) headers.set('Cache-Control', 'no-store')
  })

  const refuse = (context: HonoContext<AppEnvironment>, error: unknown): Response => {
    const {requestId} = context.get('trace')
    const {problem, unexpected} = problemOf(error, requestId, context.req.raw.signal.aborted)
    if (unexpected) {
      const stack = error instanceof Error ? error.stack : String(error)
      runtime.log.error('A request met a bug', {request_id: requestId, path: context.req.routePath, stack})
    }
    return problemResponse(problem, error)
  }

  for (const operation of offered) {
    app.on(operation.http!.method, [honoPath(operation)], operationRoute(operation, options, door))
  }
  const point: MountPoint = {
    operations: offered,
    version: runtime.version,
    enter: async (request, named) => door.admit(request, await door.identify(request), named),
    refuse,
  }
  for (const mount of options.mounts ?? []) mount(app, point)
  app.notFound(context => refuse(context, unknownRoute(context, offered)))
  app.onError((error, context) => refuse(context, error))
  return app
}

/** Lets requests in. */
interface Entrance {
  /** Who sends the request. @throws UnauthenticatedError */
  identify(request: HonoContext<AppEnvironment>): Promise<Identity>
  /** The request in its tenant: of the header, as the input names it, or the identity's own. @throws TenantDeniedError */
  admit(request: HonoContext<AppEnvironment>, identity: Identity, named?: string): Visit
}

function entrance({runtime, authenticate, behindProxy = false}: AppOptions): Entrance {
  return {
    identify: request =>
      authenticate({
        authorization: request.req.header('authorization'),
        address: clientAddress(request, behindProxy),
      }),
    admit: (request, identity, named) => {
      const header = request.req.header('x-tenant-id')
      if (header !== undefined && named !== undefined && header !== named) {
        throw new TenantContradictionError(`X-Tenant-ID and ${tenantField} name different tenants`)
      }
      const tenant = enterTenant(identity, header ?? named)
      const {principal} = identity
      return {
        identity,
        tenant,
        context: (operation, {signal = request.req.raw.signal, emit = () => {}} = {}) =>
          runtime.context({tenant, principal, operation: operation.id, signal, emit}),
      }
    },
  }
}

function operationRoute(operation: Operation, options: AppOptions, {identify, admit}: Entrance) {
  const readInput = inputReader(operation)
  const fromQuery = takesQuery(operation)
  const limit = options.bodyLimit ?? defaultBodyLimit

  return async (request: HonoContext<AppEnvironment>): Promise<Response> => {
    // Of a sender who is unknown no body is read.
    const identity = await identify(request)
    const body = fromQuery ? {} : await readJsonBody(request.req.raw, limit)
    const {input, tenant} = readInput({path: request.req.param(), query: queryOf(request.req.url), body})
    const visit = admit(request, identity, tenant)
    if (wantsEvents(request)) return streamed(operation, input, visit, request)
    const output = await invoke(operation, input as never, visit.context(operation))
    return outputResponse(operation, output)
  }
}

const noQuery = new URLSearchParams()

function queryOf(url: string): URLSearchParams {
  const at = url.indexOf('?')
  return at === -1 ? noQuery : new URLSearchParams(url.slice(at + 1))
}

function wantsEvents(request: HonoContext<AppEnvironment>): boolean {
  return request.req.header('accept')?.includes('text/event-stream') === true
}

function outputResponse(operation: Operation, output: unknown): Response {
  const exitCode = operation.outcome?.(output) ?? ExitCode.done
  return new Response(jsonText(output), {
    headers: {
      'Content-Type': 'application/json',
      ...(exitCode === ExitCode.done ? {} : {'Omni-Exit-Code': String(exitCode)}),
    },
  })
}

/** What the operation says while it runs, then its result or its error, as Server-Sent Events. */
function streamed(operation: Operation, input: unknown, visit: Visit, request: HonoContext<AppEnvironment>): Response {
  const abandoned = new AbortController()
  const signal = AbortSignal.any([abandoned.signal, request.req.raw.signal])
  const {requestId} = request.get('trace')
  const body = eventStream({
    abandon: () => abandoned.abort(),
    run: async send => {
      const emit = (event: OperationEvent) => send({event: event.type, data: event})
      try {
        const output = await invoke(operation, input as never, visit.context(operation, {signal, emit}))
        const exitCode = operation.outcome?.(output) ?? ExitCode.done
        if (exitCode !== ExitCode.done) send({event: 'outcome', data: {exit_code: exitCode}})
        send({event: 'result', data: output})
      } catch (error) {
        const {problem, unexpected} = problemOf(error, requestId, signal.aborted)
        if (unexpected) {
          const stack = error instanceof Error ? error.stack : String(error)
          visit.context(operation).log.error('A request met a bug', {request_id: requestId, stack})
        }
        send({event: 'error', data: problem})
      }
    },
  })
  return new Response(body, {headers: {'Content-Type': 'text/event-stream', 'X-Accel-Buffering': 'no'}})
}

function problemResponse(problem: Problem, error: unknown): Response {
  const headers = new Headers({'Content-Type': 'application/problem+json'})
  if (problem.status === 401) headers.set('WWW-Authenticate', 'Bearer')
  if (error instanceof MethodNotAllowedError) headers.set('Allow', error.allowed.join(', '))
  return new Response(jsonText(problem), {status: problem.status, headers})
}

/** `/a/{b}` as Hono writes it: `/a/:b`. */
function honoPath(operation: Operation): string {
  return operation.http!.path.replaceAll(/\{([a-z_]+)\}/g, ':$1')
}

function unknownRoute(request: HonoContext, operations: readonly Operation[]): OmniError {
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
