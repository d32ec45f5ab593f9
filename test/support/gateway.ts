import {createServer, type RequestListener} from 'node:http'
import type {AddressInfo} from 'node:net'
import {onTestFinished} from 'vitest'
import {listen} from '../../src/server/listen.ts'
import {testApp, type TestApp, type TestAppOptions} from './app.ts'
import {Workspace} from './workspace.ts'

/** The gateway on a socket. */
export interface TestGateway extends TestApp {
  readonly url: string
  /** Of a key with every scope. */
  readonly apiKey: string
}

export interface TestGatewayOptions extends TestAppOptions {
  /** Of the server's process: keys and addresses of providers. */
  readonly env: Readonly<Record<string, string>>
  /** The text of the profile's settings. */
  readonly settings?: string
}

/** Serves the program's routes; it ends with the test, or as `atEnd` says. */
export async function startGateway({env, settings, ...options}: TestGatewayOptions): Promise<TestGateway> {
  const {atEnd = onTestFinished} = options
  const workspace = new Workspace({env, atEnd})
  if (settings !== undefined) workspace.write('.home/.config/omni/profiles/default.yaml', settings)
  const app = await testApp({workspace, ...options})
  const listener = await listen({fetch: app.app.fetch as never, host: '127.0.0.1', port: 0})
  atEnd(() => listener.drain(0))
  return {...app, url: listener.url, apiKey: await app.key(['*'])}
}

/** Surroundings in which OpenAI's and Anthropic's addresses are those of a mock. */
export function mocked(url: string): Readonly<Record<string, string>> {
  return {OPENAI_API_KEY: 'sk-upstream', OPENAI_BASE_URL: `${url}/v1`}
}

/** A provider of one's own making, for what no mock can be told to do. */
export async function provider(answer: RequestListener): Promise<Readonly<Record<string, string>>> {
  const server = createServer(answer)
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return mocked(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
}
