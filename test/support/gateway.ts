import {LLMock} from '@copilotkit/aimock'
import {onTestFinished} from 'vitest'
import {gatewayMount} from '../../plugins/llm/src/gateway/mount.ts'
import type {GatewayOptions} from '../../plugins/llm/src/gateway/gateway.ts'
import type {ProviderAdapter} from '../../plugins/llm/src/model/provider-adapter.ts'
import {openAdapter} from '../../plugins/llm/src/providers/adapter-from.ts'
import {Router} from '../../plugins/llm/src/routing/router.ts'
import {listen} from '../../src/server/listen.ts'
import {testApp, type TestApp, type TestAppOptions} from './app.ts'

/** The gateway on a socket, before a provider. */
export interface TestGateway extends TestApp {
  readonly url: string
  /** Of a key that may use models and list them. */
  readonly apiKey: string
}

export interface TestGatewayOptions extends TestAppOptions {
  readonly adapter: ProviderAdapter
  readonly fetchImage?: GatewayOptions['fetchImage']
}

/** Serves the gateway over one adapter; it ends with the test. */
export async function startGateway({adapter, fetchImage, ...options}: TestGatewayOptions): Promise<TestGateway> {
  const mount = gatewayMount({
    openRouter: async context => Router.over(context, adapter),
    fetchImage: fetchImage ?? (() => Promise.reject(new Error('no picture was expected'))),
  })
  const app = await testApp({...options, pluginMounts: [mount]})
  const listener = await listen({fetch: app.app.fetch as never, host: '127.0.0.1', port: 0})
  onTestFinished(() => listener.drain(0))
  return {...app, url: listener.url, apiKey: await app.key(['*'])}
}

let made = 0

/** OpenAI's adapter, which asks the mock. */
export function mockedOpenAi(mock: LLMock, model = 'gpt-5-mini'): ProviderAdapter {
  return openAdapter({
    provider: 'openai',
    model,
    apiKey: 'sk-upstream',
    baseUrl: `${mock.url}/v1`,
    newId: () => String((made += 1)),
    now: () => new Date(),
  })
}
