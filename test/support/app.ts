import type {Hono} from 'hono'
import {onTestFinished} from 'vitest'
import {definePlugin, type Operation, Registry} from '../../src/operation/index.ts'
import {authenticateByKey} from '../../src/server/authenticate.ts'
import {type AppOptions, createApp} from '../../src/server/app.ts'
import type {AppEnvironment} from '../../src/server/entrance.ts'
import {IdempotentAnswers} from '../../src/server/idempotent-answers.ts'
import {JobQueue} from '../../src/jobs/job-queue.ts'
import {JobWorker} from '../../src/jobs/job-worker.ts'
import {createKey} from '../../src/keys/key-ring.ts'
import {keyChanges} from '../../src/keys/key-changes.ts'
import {KeyVerifier} from '../../src/keys/key-verifier.ts'
import {openRuntime, type Runtime} from '../../src/runtime.ts'
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
  /** Ends the worker, as a server that ends does. */
  stopJobs(): Promise<void>
  send(path: string, request?: AppRequest): Promise<Response>
  request(path: string, request?: AppRequest): Promise<Answer>
  /** A new key. */
  key(scopes: readonly string[], options?: {tenant?: string; tenants?: readonly string[]}): Promise<string>
}

export interface TestAppOptions extends Partial<AppOptions> {
  readonly workspace?: Workspace
  /** When it ends: with the test, unless several share it. */
  readonly atEnd?: (cleanUp: () => unknown) => void
  /** Besides those of the program. */
  readonly extraOperations?: readonly Operation[]
  /** Whether this app's worker takes jobs. */
  readonly runJobs?: boolean
}

export async function testApp(options: TestAppOptions = {}): Promise<TestApp> {
  const {
    atEnd = onTestFinished,
    workspace = new Workspace({atEnd}),
    extraOperations = [],
    runJobs = false,
    ...given
  } = options
  const probe = definePlugin({name: 'probe', summary: 'For tests', operations: async () => extraOperations})
  const runtime = await openRuntime({
    registry: new Registry([...registry.plugins, probe]),
    profile: 'default',
    machine: {platform: process.platform, env: workspace.env, home: workspace.home},
    workingDirectory: workspace.directory,
    version: '0.0.0',
    logLevel: 'off',
    debug: false,
    writeLog: () => {},
  })
  const keys = new KeyVerifier({...runtime, changes: await keyChanges(runtime)})
  atEnd(async () => {
    await stopJobs()
    await keys.settle()
    await runtime.close()
  })
  const operations = await runtime.registry.operations()
  const authenticate = authenticateByKey(keys)
  const queue = new JobQueue(runtime)
  const worker = new JobWorker({
    queue,
    runtime,
    operations: new Map(operations.map(operation => [operation.id, operation])),
    interval: 20,
    lease: 500,
  })
  if (runJobs) worker.start()
  const stopJobs = () => worker.stop()
  const app = createApp({
    operations,
    runtime,
    answers: new IdempotentAnswers(runtime),
    jobs: {queue, wake: () => worker.wake()},
    pluginMounts: await runtime.registry.mounts(),
    enter: async credentials => ({identity: await authenticate(credentials)}),
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
    stopJobs,
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
