import {createServer, type IncomingHttpHeaders, type ServerResponse} from 'node:http'
import {type AddressInfo, connect, createServer as createNetServer} from 'node:net'
import type {CompletionEvent, CompletionWarning, EventBatch} from '../../src/model/completion-event.ts'
import type {CompletionRequest} from '../../src/model/completion-request.ts'
import type {AdapterCall, ProviderAdapter, ProviderName} from '../../src/model/provider-adapter.ts'
import {ProviderFailure} from '../../src/model/provider-failure.ts'
import {type AdapterOptions, openAdapter} from '../../src/providers/adapter-from.ts'
import {GoogleTokenServer, userCredentials} from './google-token-server.ts'

/** As no provider's key looks, so that only the secrets' own redaction can hide it. */
export const KEY = 'q7Vx-4f1b9d2e7c-Zz'

export const NOW = new Date('2026-11-23T12:00:00Z')

const LIMITS: AdapterCall['timeouts'] = {connect: 30_000, firstToken: 30_000, idle: 30_000}

/** Gives the key as the access token, so that it is looked for wherever a token must not be. */
const tokens = await new GoogleTokenServer({token: KEY, now: () => NOW}).start()

/** What a provider wants to be asked at `server`, which speaks its protocol. */
export function open(provider: ProviderName, server: string, options: Partial<AdapterOptions> = {}): ProviderAdapter {
  let count = 0
  return openAdapter({
    provider,
    model: 'test-model',
    ...accessTo(provider),
    baseUrl: provider === 'openai' || provider === 'openai-compatible' ? `${server}/v1` : server,
    newId: () => `id-${++count}`,
    now: () => NOW,
    ...options,
  })
}

function accessTo(provider: ProviderName): Partial<AdapterOptions> {
  switch (provider) {
    case 'bedrock':
      return {credentials: {accessKeyId: 'AKIDTESTTESTTESTTEST', secretAccessKey: KEY}, region: 'eu-central-1'}
    case 'vertex':
      return {apiKey: userCredentials(tokens.url), project: 'our-project', region: 'europe-west3'}
    default:
      return {apiKey: KEY}
  }
}

export function userSays(text: string, more: Partial<CompletionRequest> = {}): CompletionRequest {
  return {messages: [{role: 'user', content: [{type: 'text', text}]}], ...more}
}

export function callOf(call: Partial<AdapterCall> = {}): AdapterCall {
  return {signal: new AbortController().signal, stream: true, timeouts: LIMITS, ...call}
}

export async function collect(batches: AsyncIterable<EventBatch>): Promise<CompletionEvent[]> {
  const collected: CompletionEvent[] = []
  for await (const batch of batches) collected.push(...batch)
  return collected
}

/** What came before the failure, and the failure. */
export async function failing(
  batches: AsyncIterable<EventBatch>,
): Promise<{seen: CompletionEvent[]; failure: ProviderFailure}> {
  const seen: CompletionEvent[] = []
  try {
    for await (const batch of batches) seen.push(...batch)
  } catch (error) {
    if (error instanceof ProviderFailure) return {seen, failure: error}
    throw error
  }
  throw new Error(`The answer ended well: ${JSON.stringify(seen)}`)
}

export function textOf(events: readonly CompletionEvent[], type: 'text' | 'reasoning' = 'text'): string {
  return events.map(event => (event.type === `${type}-delta` ? (event as {text: string}).text : '')).join('')
}

export function finishOf(events: readonly CompletionEvent[]): Extract<CompletionEvent, {type: 'finish'}> {
  const last = events.at(-1)
  if (last?.type !== 'finish') throw new Error(`No finish: ${JSON.stringify(events)}`)
  return last
}

/** Tool calls by the order in which they began, their pieces put together. */
export function toolsOf(events: readonly CompletionEvent[]): {id: string; name: string; input: string}[] {
  const tools = new Map<string, {id: string; name: string; input: string}>()
  for (const event of events) {
    if (event.type === 'tool-input-start') tools.set(event.id, {id: event.id, name: event.name, input: ''})
    if (event.type === 'tool-input-delta') tools.get(event.id)!.input += event.text
  }
  return [...tools.values()]
}

/** @throws where a block is opened twice, written to while closed, left open, or an event comes at a wrong place. */
export function checkOrder(events: readonly CompletionEvent[]): void {
  const open = new Set<string>()
  const all = new Set<string>()
  for (const [position, event] of events.entries()) {
    const kind = /^(?:text|reasoning|tool-input)-(start|delta|end)$/.exec(event.type)?.[1]
    const id = 'id' in event ? event.id : ''
    if ((event.type === 'start') !== (position === 0)) throw new Error(`start at ${position}`)
    if ((event.type === 'finish') !== (position === events.length - 1)) throw new Error(`finish at ${position}`)
    if (kind === 'start' && all.has(id)) throw new Error(`${id} is opened twice`)
    if (kind === 'start') open.add(id)
    if (kind === 'start') all.add(id)
    if (kind === 'delta' && !open.has(id)) throw new Error(`${id} is not open`)
    if (kind === 'end' && !open.delete(id)) throw new Error(`${id} is closed twice`)
  }
  if (open.size > 0) throw new Error(`left open: ${[...open].join()}`)
}

export interface Asked {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** Runs `use` with a server that is told what to do with each request. */
export async function withServer<T>(
  answer: (response: ServerResponse, asked: Asked) => void | Promise<void>,
  use: (url: string, asked: readonly Asked[]) => Promise<T>,
): Promise<T> {
  const all: Asked[] = []
  const http = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('error', () => undefined)
    response.on('error', () => undefined)
    request.once('end', () => {
      const asked = {path: request.url ?? '', headers: request.headers, body: Buffer.concat(chunks).toString()}
      all.push(asked)
      void answer(response, asked)
    })
  })
  await new Promise<void>(resolve => {
    http.listen(0, '127.0.0.1', resolve)
  })
  try {
    return await use(`http://127.0.0.1:${(http.address() as AddressInfo).port}`, all)
  } finally {
    http.closeAllConnections()
    http.close()
  }
}

/** A server that answers every request with the same bytes. */
export function answering(
  body: string | Buffer | readonly (string | Buffer)[],
  {status = 200, headers = {}}: {status?: number; headers?: Record<string, string>} = {},
): (response: ServerResponse) => Promise<void> {
  const pieces = Array.isArray(body) ? (body as readonly (string | Buffer)[]) : [body as string | Buffer]
  return async response => {
    response.writeHead(status, {'content-type': 'text/event-stream', ...headers})
    // Each piece is a packet of its own: the next is sent when the last has left.
    for (const piece of pieces) await new Promise(resolve => response.write(piece, resolve))
    response.end()
  }
}

/** Runs `use` with a way to the server at `port` that tells when its client hangs up. */
export async function withLine(
  port: number,
  use: (url: string, hungUp: Promise<void>) => Promise<void>,
): Promise<void> {
  const hungUp = Promise.withResolvers<void>()
  const line = createNetServer(client => {
    const server = connect(port, '127.0.0.1')
    client.once('close', () => {
      server.destroy()
      hungUp.resolve()
    })
    client.on('error', () => undefined)
    server.on('error', () => undefined)
    client.pipe(server).pipe(client)
  })
  await new Promise<void>(resolve => {
    line.listen(0, '127.0.0.1', resolve)
  })
  try {
    await use(`http://127.0.0.1:${(line.address() as AddressInfo).port}`, hungUp.promise)
  } finally {
    line.close()
  }
}

/** An address where nothing listens. */
export async function nowhere(): Promise<string> {
  return withServer(
    () => undefined,
    async url => url,
  )
}

/** What goes over the wire, read. */
export type Body = ReturnType<typeof JSON.parse>

/** What goes over the wire for a request. */
export async function bodyOf(
  provider: ProviderName,
  more: Partial<CompletionRequest>,
  model = 'test-model',
): Promise<Body> {
  return withServer(
    answering('{}', {status: 400, headers: {'content-type': 'application/json'}}),
    async (url, asked) => {
      await failing(open(provider, url, {model}).complete(userSays('hi', more), callOf({stream: false})))
      return JSON.parse(asked[0]!.body) as Body
    },
  )
}

/** Whole answers, as short as each provider's may be. */
const ANSWERS: Readonly<Record<ProviderName, unknown>> = (() => {
  const chat = {model: 'm', choices: [{index: 0, finish_reason: 'stop', message: {role: 'assistant', content: 'ok'}}]}
  const content = {candidates: [{content: {parts: [{text: 'ok'}]}, finishReason: 'STOP'}]}
  return {
    openai: chat,
    azure: chat,
    'openai-compatible': chat,
    anthropic: {
      type: 'message',
      model: 'm',
      content: [],
      stop_reason: 'end_turn',
      usage: {input_tokens: 1, output_tokens: 1},
    },
    gemini: content,
    vertex: content,
    cohere: {id: 'i', finish_reason: 'COMPLETE', message: {role: 'assistant', content: [{type: 'text', text: 'ok'}]}},
    bedrock: {output: {message: {role: 'assistant', content: [{text: 'ok'}]}}, stopReason: 'end_turn', usage: {}},
    ollama: {model: 'm', message: {role: 'assistant', content: 'ok'}, done: true, done_reason: 'stop'},
  }
})()

/** What is said to have been left out, where all goes well. */
export async function warningsOf(
  provider: ProviderName,
  more: Partial<CompletionRequest>,
  model = 'test-model',
): Promise<readonly CompletionWarning[]> {
  const answer = answering(JSON.stringify(ANSWERS[provider]), {headers: {'content-type': 'application/json'}})
  return withServer(answer, async url => {
    const events = await collect(open(provider, url, {model}).complete(userSays('hi', more), callOf({stream: false})))
    const [first] = events
    return first?.type === 'start' ? first.warnings : []
  })
}
