import {InvalidInputError} from '@omni-ops/core/operation'
import {
  type AppOptions,
  type AppRequest,
  assertLocal,
  authenticateNobody,
  createApp,
  listen,
  loopback,
  MethodNotAllowedError,
} from '@omni-ops/core/server'
import type {LiveDirectory} from './live-directory.ts'
import {liveMount} from './mount.ts'

export interface LocalServerOptions {
  readonly directory: LiveDirectory
  readonly runtime: AppOptions['runtime']
  readonly tenant: string
  readonly host: string
  /** 0 takes any that is free. */
  readonly port: number
}

export interface LocalServer {
  readonly url: string
  /** Ends all streams and answers what is under way. */
  stop(): Promise<void>
}

/** Somebody else could look at the dashboards. */
export class ExposedDashboardsError extends InvalidInputError {
  override readonly code = 'exposed_dashboards'
}

/** Milliseconds. */
const drainMs = 2_000

/**
 * Shows dashboards to the browser of this machine, and to nothing else: other machines cannot reach it, pages of other
 * sites may not ask it, whatever name they call it by, and nothing can be changed through it.
 * @throws ExposedDashboardsError for an address that other machines reach; ListenError
 */
export async function serveLocally({directory, runtime, tenant, host, port}: LocalServerOptions): Promise<LocalServer> {
  if (!loopback.test(host)) {
    throw new ExposedDashboardsError(
      `On ${host} others could look at the dashboards, and nobody asks them who they are`,
      {
        hint: 'leave out --host, or build the dashboards and run `omni serve`, which asks for a key',
      },
    )
  }
  const ending = new AbortController()
  const identity = authenticateNobody(tenant)
  const app = createApp({
    operations: [],
    runtime,
    enter: async credentials => ({identity: await identity(credentials)}),
    pluginMounts: [liveMount({directory: async () => directory, open: true})],
    acceptRequest: assertReading,
    ending: ending.signal,
  })
  const listener = await listen({fetch: app.fetch as never, host, port})
  return {
    url: listener.url,
    async stop() {
      ending.abort()
      await listener.drain(drainMs)
    },
  }
}

function assertReading(request: AppRequest): void {
  assertLocal(request)
  const {method} = request.req
  if (method !== 'GET' && method !== 'HEAD') throw new MethodNotAllowedError(method, ['GET'])
}
