/**
 * A provider that takes no time: OpenAI's Chat Completions with an answer of 1.5 kB, whole or in pieces. Prints its
 * address. It answers from bytes made beforehand, so that what is measured in front of it is not this.
 */
import {createServer} from 'node:http'
import type {AddressInfo} from 'node:net'

const pieces = Array.from({length: 30}, (_, index) => `piece ${index} of an answer that fills 1.5 kB. `.padEnd(50, '-'))
const head = {id: 'chatcmpl-bench', created: 1_700_000_000, model: 'bench-model-2026-01-01', system_fingerprint: null}
const usage = {prompt_tokens: 12, completion_tokens: 300, total_tokens: 312}

const whole = Buffer.from(
  JSON.stringify({
    ...head,
    object: 'chat.completion',
    choices: [
      {
        index: 0,
        message: {role: 'assistant', content: pieces.join(''), refusal: null},
        logprobs: null,
        finish_reason: 'stop',
      },
    ],
    usage,
  }),
)

function chunk(choices: unknown[], more: object = {}): string {
  return `data: ${JSON.stringify({...head, object: 'chat.completion.chunk', choices, usage: null, ...more})}\n\n`
}

const delta = (each: object, reason: string | null = null) =>
  chunk([{index: 0, delta: each, logprobs: null, finish_reason: reason}])
const events = [
  delta({role: 'assistant', content: '', refusal: null}),
  ...pieces.map(content => delta({content})),
  delta({}, 'stop'),
  chunk([], {usage}),
  'data: [DONE]\n\n',
].map(text => Buffer.from(text))

const server = createServer((request, response) => {
  const parts: Buffer[] = []
  request.on('data', (part: Buffer) => parts.push(part))
  request.on('end', () => {
    const streamed = Buffer.concat(parts).includes('"stream":true')
    if (!streamed) {
      response.writeHead(200, {'content-type': 'application/json', 'content-length': whole.length})
      response.end(whole)
      return
    }
    response.writeHead(200, {'content-type': 'text/event-stream'})
    let at = 0
    // Each piece is a write of its own, as with a model that generates one token after another.
    const next = () => {
      const event = events[at]
      at += 1
      if (event === undefined) response.end()
      else response.write(event, () => setImmediate(next))
    }
    next()
  })
})
server.keepAliveTimeout = 120_000
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`http://127.0.0.1:${(server.address() as AddressInfo).port}\n`)
})
