import {bodyLimit} from 'hono/body-limit'
import type {DescribedStream} from '../operation/described-stream.ts'
import {invoke} from '../operation/invoke.ts'
import type {Mount, MountPoint} from './app.ts'
import type {AppRequest} from './entrance.ts'
import type {OperationCall} from './operation-call.ts'
import {BodyTooLargeError} from './request-body.ts'

export interface SurfaceOptions {
  /** What each topic is about, from `Registry.topics`. */
  readonly topics: Readonly<Record<string, string>>
  /** Routes that are streams of events, from `Registry.streams`. */
  readonly streams?: () => Promise<readonly DescribedStream[]>
  /** Offer tools whose effect does not come back. */
  readonly allowDestructiveTools: boolean
  /** Whether GraphQL clients may ask for the schema. */
  readonly introspection: boolean
}

/** GraphQL and MCP bodies are texts that a model or a person wrote; documents by the thousand come to the routes. */
const largestBody = 4 * 1024 * 1024

/**
 * The surfaces of the operations besides their routes: documents, GraphQL and MCP. What each needs is loaded by the
 * first request to it.
 */
export function surfaces({topics, streams, allowDestructiveTools, introspection}: SurfaceOptions): Mount {
  return (app, server) => {
    const {operations, version} = server
    const document = once(async () => {
      const {openApiDocument} = await import('./openapi/index.ts')
      return openApiDocument(operations, {version, topics, streams: (await streams?.()) ?? []})
    })
    const earlierDocument = once(async () => (await import('./openapi/index.ts')).asVersion30(await document()))
    const docs = once(async () => (await import('./docs/index.ts')).docsHandler())
    const graphQl = once(async () => (await import('./graphql/index.ts')).graphQlHandler({operations, introspection}))
    const mcp = once(async () => {
      const {mcpHandler} = await import('./mcp/index.ts')
      return mcpHandler({operations, version, allowDestructive: allowDestructiveTools})
    })

    // What the API is, is no secret; what is behind it needs a key.
    app.get('/openapi.json', request => document().then(found => request.json(found)))
    app.get('/openapi-3.0.json', request => earlierDocument().then(found => request.json(found)))
    app.get('/docs/:part?', async (request, next) => {
      const found = await (await docs())(request.req.param('part') ?? '')
      return found ?? next()
    })
    const limit = bodyLimit({
      maxSize: largestBody,
      onError: request =>
        server.refuse(request as AppRequest, new BodyTooLargeError(`The body is larger than ${largestBody} bytes`)),
    })
    for (const [path, handler] of [
      ['/graphql', graphQl],
      ['/mcp', mcp],
    ] as const) {
      app.all(path, limit, request =>
        Promise.all([handler(), callFor(request, server)]).then(([handle, call]) => handle(request.req.raw, call)),
      )
    }
  }
}

async function callFor(request: AppRequest, server: MountPoint): Promise<OperationCall> {
  const visit = await server.enter(request)
  return async (operation, input, options) => {
    try {
      return await invoke(operation, input as never, visit.context(operation, options))
    } catch (error) {
      // These answers are 200 whatever is in them, so that nothing else would put a refusal on record.
      await server.explain(request, error)
      throw error
    }
  }
}

/** What a function makes at its first call, for all calls; made again where that failed. */
function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined
  return () =>
    (made ??= make().catch((error: unknown) => {
      made = undefined
      throw error
    }))
}
