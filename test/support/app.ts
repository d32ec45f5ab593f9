import type {Hono} from 'hono'
import {onTestFinished} from 'vitest'
import type {Operation} from '../../src/operation/index.ts'
import {authenticateByKey} from '../../src/server/authenticate.ts'
import {type AppEnvironment, type AppOptions, createApp} from '../../src/server/app.ts'
import {createKey} from '../../src/keys/key-ring.ts'
import {KeyVerifier} from '../../src/keys/key-verifier.ts'
import type {Runtime} from '../../src/runtime.ts'
import {registry, Workspace} from './workspace.ts'

export interface AppRequest {
  readonly method?: string
  readonly key?: string
  readonly headers?: Readonly<Record<string, string>>
  /** Sent as JSON; a text is sent as it is. */
  readonly body?: unknown
  readonly signal?: AbortSignal
}

/** What a test looks at in an answer. */
export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  // Whatever the route answers; a test says what it expects of it.
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly json: any
}

/** The server's app on a data directory of its own, called without a socket. */
export interface TestApp {
  readonly app: Hono<AppEnvironment>
  readonly runtime: Runtime
  readonly workspace: Workspace
  send(path: string, request?: AppRequest): Promise<Response>
  request(path: string, request?: AppRequest): Promise<Answer>
  /** A new key. */
  key(scopes: readonly string[], options?: {tenant?: string; tenants?: readonly string[]}): Promise<string>
}

export interface TestAppOptions extends Partial<AppOptions> {
  readonly workspace?: Workspace
  /** Besides those of the program. */
  readonly extraOperations?: readonly Operation[]
}

export async function testApp(options: TestAppOptions = {}): Promise<TestApp> {
  const {workspace = new Workspace(), extraOperations = [], ...given} = options
  const session = await workspace.session()
  const {runtime} = session
  const keys = new KeyVerifier({store: runtime.store, clock: runtime.clock, log: runtime.log})
  onTestFinished(async () => {
    await keys.settle()
    await session.close()
  })
  const app = createApp({
    operations: [...(await registry.operations()), ...extraOperations],
    runtime,
    authenticate: authenticateByKey(keys),
    ...given,
  })
  const send = async (path: string, {method, key, headers, body, signal}: AppRequest = {}) =>
    app.request(path, {
      method: method ?? (body === undefined ? 'GET' : 'POST'),
      headers: {
        ...(key === undefined ? {} : {Authorization: `Bearer ${key}`}),
        ...(body === undefined ? {} : {'Content-Type': 'application/json'}),
        ...headers,
      },
      ...(body === undefined ? {} : {body: typeof body === 'string' ? body : JSON.stringify(body)}),
      ...(signal ? {signal} : {}),
    })
  let made = 0
  return {
    app,
    runtime,
    workspace,
    send,
    request: async (path, request) => {
      const response = await send(path, request)
      const text = await response.text()
      const json = response.headers.get('content-type')?.includes('json') ? JSON.parse(text) : undefined
      return {status: response.status, headers: response.headers, text, json}
    },
    key: async (scopes, {tenant = 'default', tenants = []} = {}) => {
      made += 1
      const context = runtime.context({
        tenant,
        principal: {id: 'local', kind: 'local', scopes: '*'},
        operation: 'keys.create',
        signal: new AbortController().signal,
        emit: () => {},
      })
      const {text} = await createKey(context, {
        name: `key-${made}`,
        scopes,
        tenants,
        groups: [],
        expiresAt: undefined,
      })
      return text
    },
  }
}
