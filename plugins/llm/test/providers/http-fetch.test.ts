import {createServer, type ServerResponse} from 'node:http'
import type {AddressInfo, Socket} from 'node:net'
import {setImmediate} from 'node:timers/promises'
import {describe, expect, it} from 'vitest'
import {callOf, collect, failing, finishOf, open, userSays} from './provider-servers.ts'

const chunk = (delta: object, finish_reason: string | null = null): string =>
  `data: ${JSON.stringify({model: 'm', choices: [{index: 0, delta, finish_reason}]})}\n\n`
const STREAM = `${chunk({content: 'ok'})}${chunk({}, 'stop')}data: [DONE]\n\n`

const WHOLE = JSON.stringify({
  model: 'm',
  choices: [{index: 0, finish_reason: 'stop', message: {role: 'assistant', content: 'ok'}}],
})

/** Runs `use` with a server that knows which connection each request came on. */
async function withConnections(
  answer: (response: ServerResponse, socket: Socket, count: number) => void,
  use: (url: string, requests: readonly Socket[]) => Promise<void>,
): Promise<void> {
  const requests: Socket[] = []
  const http = createServer((request, response) => {
    request.resume()
    request.once('end', () => {
      requests.push(request.socket)
      answer(response, request.socket, requests.length)
    })
  })
  await new Promise<void>(resolve => {
    http.listen(0, '127.0.0.1', resolve)
  })
  try {
    await use(`http://127.0.0.1:${(http.address() as AddressInfo).port}`, requests)
  } finally {
    http.closeAllConnections()
    http.close()
  }
}

describe('connections', () => {
  const anthropic = [
    {type: 'message_start', message: {model: 'm', usage: {input_tokens: 1, output_tokens: 1}}},
    {type: 'message_delta', delta: {stop_reason: 'end_turn'}, usage: {output_tokens: 1}},
    {type: 'message_stop'},
  ]
  const bodies = {
    openai: STREAM,
    anthropic: anthropic.map(event => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join(''),
    gemini: 'data: {"candidates":[{"content":{"parts":[{"text":"ok"}]},"finishReason":"STOP"}]}\n\n',
  }

  it.each(['openai', 'anthropic', 'gemini'] as const)('serve one stream of %s after the other', async provider => {
    const answer = (response: ServerResponse): void => {
      response.writeHead(200, {'content-type': 'text/event-stream'}).end(bodies[provider])
    }
    await withConnections(answer, async (url, requests) => {
      const adapter = open(provider, url)
      for (let count = 0; count < 6; count++) {
        expect(finishOf(await collect(adapter.complete(userSays('hi'), callOf()))).reason.unified).toBe('stop')
      }
      expect(requests).toHaveLength(6)
      // The end of a body is read while the next request may be on its way already.
      expect(new Set(requests).size).toBeLessThan(6)
    })
  })

  it('that a server closed while they were idle are replaced', async () => {
    const hangUp = (response: ServerResponse, socket: Socket, count: number): void => {
      if (count === 2) socket.destroy()
      else response.writeHead(200, {'content-type': 'application/json'}).end(WHOLE)
    }
    await withConnections(hangUp, async (url, requests) => {
      const adapter = open('openai', url)
      const ask = () => collect(adapter.complete(userSays('hi'), callOf({stream: false})))
      await ask()
      // A connection is idle when the event loop has come round.
      await setImmediate()
      expect(finishOf(await ask()).reason.unified).toBe('stop')
      expect(requests[1]).toBe(requests[0])
      expect(requests[2]).not.toBe(requests[0])
      expect(requests).toHaveLength(3)
    })
  })

  it('that are new and break are a failure, and nothing is sent again', async () => {
    await withConnections(
      (_response, socket) => socket.destroy(),
      async (url, requests) => {
        const {failure} = await failing(open('openai', url).complete(userSays('hi'), callOf()))
        expect(failure.facts).toMatchObject({class: 'transient', status: null, mayHaveRun: true})
        expect(requests).toHaveLength(1)
      },
    )
  })

  it('lead nowhere else: a key must not follow a redirection', async () => {
    await withConnections(
      response => void response.writeHead(302, {location: '/elsewhere'}).end(),
      async (url, requests) => {
        const {failure} = await failing(open('openai', url).complete(userSays('hi'), callOf()))
        expect(failure.facts).toMatchObject({class: 'client', status: 302})
        expect(requests).toHaveLength(1)
      },
    )
  })
})
