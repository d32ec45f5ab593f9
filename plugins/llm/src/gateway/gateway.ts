import {type Context, requireScopes} from '@omni-ops/core/operation'
import {
  type AppRequest,
  headerOf,
  type MountPoint,
  readJsonBody,
  type Visit,
  writeTogether,
} from '@omni-ops/core/server'
import type {Router} from '../routing/router.ts'
import type {CallOutcome, RoutedAnswer} from '../routing/routed-call.ts'
import type {AnswerFacts, ApiDialect, AskedCompletion, ErrorShape} from './api-dialect.ts'
import {collected} from './collected-answer.ts'
import {completionStream} from './completion-stream.ts'
import {
  commitmentHeaders,
  outcomeComment,
  outcomeHeaders,
  unheededHeaders,
  warningHeaders,
  wishesIn,
} from './call-headers.ts'
import {fetchedImages, type FetchImage} from './remote-images.ts'
import {apiAuthorization, errorResponse, headersFor} from './protocol.ts'
import type {StreamPace} from './stream-pace.ts'
import {type GatewayRight, useModels} from './rights.ts'

export interface GatewayOptions {
  readonly server: MountPoint
  readonly openRouter: (context: Context) => Promise<Router>
  readonly fetchImage: FetchImage
  /** Of all streams of the process. */
  readonly pace: StreamPace
}

/** A request that was let in, with a router that works for its sender. */
interface Entered {
  readonly request: AppRequest
  readonly visit: Visit
  readonly context: Context
  readonly router: Router
  /** Aborts when the client leaves. */
  readonly signal: AbortSignal
}

/** The handler of one completion API. */
export function completionRoute(dialect: ApiDialect, options: GatewayOptions) {
  return answering(dialect.route, dialect, options, async request => {
    // Of a sender who is unknown no body is read.
    const entered = await enter(request, useModels, options)
    const body = await readJsonBody(request, options.server.body)
    const images = await fetchedImages(dialect.imageUrls(body), options.fetchImage, entered.signal)
    const read = dialect.read(body, images)
    const asked = {...read, warnings: [...unheededHeaders(name => headerOf(request, name)), ...read.warnings]}
    const answer = entered.router.complete({
      target: asked.target,
      request: asked.request,
      stream: asked.stream,
      signal: entered.signal,
      purpose: useModels.id,
      ...wishesIn(name => headerOf(request, name)),
    })
    return asked.stream
      ? streamed({entered, asked, answer, dialect, options})
      : whole({entered, asked, answer, dialect})
  })
}

/** Wraps a handler so that what it throws is answered as the API's clients expect it. */
export function answering(
  route: string,
  shape: ErrorShape | ((request: AppRequest) => ErrorShape),
  {server}: Pick<GatewayOptions, 'server'>,
  handle: (request: AppRequest) => Promise<Response>,
) {
  return server.route(async request => {
    request.set('route', route)
    try {
      return await handle(request)
    } catch (thrown) {
      const failed = thrown instanceof FailedCallError ? thrown : undefined
      const error = failed ? failed.cause : thrown
      const {problem} = await server.explain(request, error)
      return errorResponse(request, {
        problem,
        error,
        shape: typeof shape === 'function' ? shape(request) : shape,
        headers: failed ? outcomeHeaders(failed.outcome) : {},
      })
    }
  })
}

/** A call failed that was made: it has its record, and may have cost something. */
class FailedCallError extends Error {
  readonly outcome: CallOutcome

  constructor(cause: unknown, outcome: CallOutcome) {
    super('A call failed', {cause})
    this.name = 'FailedCallError'
    this.outcome = outcome
  }
}

/** What is read of an answer. @throws FailedCallError where the call came to nothing */
async function readOf<Result>({outcome}: RoutedAnswer, read: () => Promise<Result>): Promise<Result> {
  try {
    return await read()
  } catch (error) {
    throw new FailedCallError(error, await outcome)
  }
}

/** Who asks, by `Authorization: Bearer` or `x-api-key`, and whether they may. */
export async function enter(request: AppRequest, right: GatewayRight, options: GatewayOptions): Promise<Entered> {
  const authorization = apiAuthorization(name => headerOf(request, name))
  const visit = await options.server.enter(request, authorization === undefined ? {} : {authorization})
  const {signal} = request.req.raw
  const context = visit.context(right, {signal})
  requireScopes(right, context)
  return {request, visit, context, signal, router: await options.openRouter(context)}
}

interface Answering {
  readonly entered: Entered
  readonly asked: AskedCompletion
  readonly answer: RoutedAnswer
  readonly dialect: ApiDialect
}

async function whole({entered: {request, context}, asked, answer, dialect}: Answering): Promise<Response> {
  const collectedAnswer = await readOf(answer, () => collected(answer.batches))
  const outcome = await answer.outcome
  const facts: AnswerFacts = {
    requestId: outcome.requestId,
    model: collectedAnswer.model ?? outcome.model,
    createdAt: context.clock.now(),
  }
  return new Response(JSON.stringify(asked.whole(collectedAnswer, facts)), {
    headers: {
      ...headersFor(request, dialect),
      'Content-Type': 'application/json',
      ...outcomeHeaders(outcome),
      ...warningHeaders([...asked.warnings, ...collectedAnswer.warnings]),
    },
  })
}

interface Streaming extends Answering {
  readonly options: GatewayOptions
}

/** Waits until the router has committed: what fails before is answered with a status of its own. */
async function streamed({entered, asked, answer, dialect, options: {server, pace}}: Streaming): Promise<Response> {
  const {request, context} = entered
  const batches = answer.batches[Symbol.asyncIterator]()
  const first = await readOf(answer, () => batches.next())
  const commitment = await answer.committed
  const [begin] = first.done === true ? [] : first.value
  const start = begin?.type === 'start' ? begin : undefined
  const writer = asked.streamWriter({
    requestId: commitment.requestId,
    model: start?.model ?? asked.target,
    createdAt: context.clock.now(),
  })
  const epilogue = async () => outcomeComment(await answer.outcome)
  const body = completionStream({
    batches,
    first,
    writer,
    keepAlive: dialect.keepAlive,
    pace,
    epilogue,
    fail: async error => {
      const {problem} = await server.explain(request, error)
      return (await epilogue()) + writer.fail(problem)
    },
  })
  writeTogether(request)
  return new Response(body, {
    headers: {
      ...headersFor(request, dialect),
      'Content-Type': 'text/event-stream; charset=utf-8',
      'X-Accel-Buffering': 'no',
      ...commitmentHeaders(commitment),
      ...warningHeaders([...asked.warnings, ...(start?.warnings ?? [])]),
    },
  })
}
