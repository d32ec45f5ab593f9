import {LLMock} from '@copilotkit/aimock'
import OpenAI from 'openai'
import {afterAll, beforeAll, beforeEach, describe, expect, test} from 'vitest'
import {mocked, startGateway} from '../support/gateway.ts'

const mock = new LLMock({port: 0})
beforeAll(() => mock.start())
afterAll(() => mock.stop())
beforeEach(() => mock.reset())

test('smoke', async () => {
  mock.onMessage(/.*/, {content: 'Hello there, how are you?'})
  const gateway = await startGateway({env: mocked(mock.url)})
  const client = new OpenAI({apiKey: gateway.apiKey, baseURL: `${gateway.url}/v1`, maxRetries: 0})
  const {data, response} = await client.chat.completions
    .create({model: 'any', messages: [{role: 'user', content: 'Hi'}]})
    .withResponse()
  console.log(JSON.stringify(data, null, 1), Object.fromEntries(response.headers))
  const raw = await fetch(`${gateway.url}/v1/chat/completions`, {
    method: 'POST',
    headers: {authorization: `Bearer ${gateway.apiKey}`, 'content-type': 'application/json'},
    body: JSON.stringify({model: 'x', stream: true, messages: [{role: 'user', content: 'Hi'}]}),
  })
  console.log(raw.status, Object.fromEntries(raw.headers), await raw.text())
  for (const [path, body] of [
    ['messages', {model: 'x', max_tokens: 100, stream: true, messages: [{role: 'user', content: 'Hi'}]}],
    ['responses', {model: 'x', stream: true, input: 'Hi'}],
    ['responses', {model: 'x', input: 'Hi'}],
    ['messages', {model: 'x', max_tokens: 100, messages: [{role: 'user', content: 'Hi'}]}],
    ['messages', {}],
  ] as const) {
    const raw = await fetch(`${gateway.url}/v1/${path}`, {
      method: 'POST',
      headers: {'x-api-key': gateway.apiKey, 'content-type': 'application/json'},
      body: JSON.stringify(body),
    })
    console.log(path, raw.status, await raw.text())
  }
})
