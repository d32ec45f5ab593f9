import {createServer, type IncomingMessage, type Server, type ServerResponse} from 'node:http'
import type {AddressInfo} from 'node:net'
import * as z from 'zod'
import {expect, onTestFinished, test} from 'vitest'
import {defineOperation, ExitCode, invoke} from '../operation/index.ts'
import {testContext} from '../testing/test-context.ts'
import {Deployment} from './deployment.ts'
import {DeploymentKeyError} from './errors.ts'
import {requestOf} from './request.ts'

const read = defineOperation({
  id: 'things.get',
  summary: 'Get a thing',
  http: {method: 'GET', path: '/api/v1/things/{name}'},
  scopes: [],
  effects: 'read',
  input: z.object({
    name: z.string(),
    tags: z.array(z.string()).default([]),
    filter: z.record(z.string(), z.unknown()).optional(),
  }),
  output: z.object({found: z.string()}),
  cli: {examples: ['omni things get']},
  handler: () => Promise.reject(new Error('ran here')),
})

const write = defineOperation({
  id: 'things.put',
  summary: 'Put a thing',
  http: {method: 'POST', path: '/api/v1/things'},
  scopes: [],
  effects: 'write',
  input: z.object({amount: z.bigint()}),
  output: z.object({found: z.string()}),
  cli: {examples: ['omni things put']},
  handler: () => Promise.reject(new Error('ran here')),
})

interface Seen {
  readonly method: string
  readonly url: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

/** A server that answers the first request with the first reply, and so on; the last one stays. */
async function serving(...replies: readonly ((response: ServerResponse) => void)[]) {
  const seen: Seen[] = []
  const server: Server = createServer((request, response) => {
    const pieces: Buffer[] = []
    request.on('data', (piece: Buffer) => pieces.push(piece))
    request.on('end', () => {
      const {method = '', url = '', headers} = request
      seen.push({method, url, headers, body: Buffer.concat(pieces).toString()})
      replies[Math.min(seen.length, replies.length) - 1]!(response)
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const remote = new Deployment({url, key: 'omni_k', tenant: 'acme', silence: 5_000, version: '1.2.0'})
  return {seen, remote, context: testContext({remote})}
}

const found = (response: ServerResponse) =>
  void response.writeHead(200, {'content-type': 'application/json; charset=utf-8'}).end('{"found":"č"}')

const problem =
  (status: number, body: object, headers: Record<string, string> = {}) =>
  (response: ServerResponse) =>
    void response.writeHead(status, {...headers, 'content-type': 'application/problem+json'}).end(JSON.stringify(body))

const events =
  (text: string, end = true) =>
  (response: ServerResponse) => {
    response.writeHead(200, {'content-type': 'text/event-stream'})
    response.write(text, () => (end ? response.end() : response.destroy()))
  }

test('puts path parameters into the path and the rest into the query', () => {
  const input = {name: 'a/b ?', tags: ['x', 'y&z'], filter: {year: 2026}}
  expect(requestOf(read, input)).toEqual({
    method: 'GET',
    path: '/api/v1/things/a%2Fb%20%3F?tags=x&tags=y%26z&filter=%7B%22year%22%3A2026%7D',
  })
})

test('writes a bigint as its digits', () => {
  expect(requestOf(write, {amount: 9007199254740993n}).body).toBe('{"amount":"9007199254740993"}')
})

test('sends key, tenant and input, and answers what came back', async () => {
  const {seen, context} = await serving(found)
  expect(await invoke(read, {name: 'one'}, context)).toEqual({found: 'č'})
  expect(seen).toHaveLength(1)
  expect(seen[0]!.url).toBe('/api/v1/things/one')
  expect(seen[0]!.headers).toMatchObject({authorization: 'Bearer omni_k', 'x-tenant-id': 'acme'})
  expect(seen[0]!.headers['idempotency-key']).toBeUndefined()
})

test('checks the input before anything is sent', async () => {
  const {seen, context} = await serving(found)
  await expect(invoke(read, {name: 7} as never, context)).rejects.toThrow(/name/)
  expect(seen).toHaveLength(0)
})

test('an error of the deployment arrives as it was, with its exit code', async () => {
  const {context} = await serving(
    problem(404, {code: 'rag_collection_not_found', detail: 'There is no collection x', hint: 'ingest', exit_code: 5}),
  )
  await expect(invoke(read, {name: 'x'}, context)).rejects.toMatchObject({
    code: 'rag_collection_not_found',
    message: 'There is no collection x',
    hint: 'ingest',
    exitCode: ExitCode.notFound,
    httpStatus: 404,
  })
})

test('sends a write again under the same key after the connection broke, and waits while the first one runs', async () => {
  const {seen, context} = await serving(
    response => void response.destroy(),
    problem(409, {code: 'idempotency_in_progress', exit_code: 6}, {'retry-after': '0'}),
    found,
  )
  expect(await invoke(write, {amount: 1n}, context)).toEqual({found: 'č'})
  const keys = seen.map(({headers}) => headers['idempotency-key'])
  expect(keys).toHaveLength(3)
  expect(new Set(keys).size).toBe(1)
  expect(keys[0]).toMatch(/^[0-9a-f-]{36}$/)
})

test('a gateway that has no deployment behind it is tried again, an answer of the deployment is not', async () => {
  const {seen, context} = await serving(
    response => void response.writeHead(502, {'content-type': 'text/html'}).end('<h1>Bad gateway</h1>'),
    problem(503, {code: 'llm_not_configured', detail: 'no model', exit_code: 9}),
  )
  await expect(invoke(read, {name: 'x'}, context)).rejects.toMatchObject({code: 'llm_not_configured', exitCode: 9})
  expect(seen).toHaveLength(2)
})

test('passes events on and takes the result from the end', async () => {
  const {context} = await serving(
    events(
      ': keep-alive\n\nid: 1\nevent: progress\ndata: {"type":"progress","label":"Reading","done":1}\n\n' +
        'event: later-invention\ndata: {}\n\nevent: result\ndata: {"found":"yes"}\n\n',
    ),
  )
  expect(await invoke(read, {name: 'x'}, context)).toEqual({found: 'yes'})
  expect(context.events).toEqual([{type: 'progress', label: 'Reading', done: 1}])
})

test('an error at the end of events is the error', async () => {
  const {context} = await serving(
    events('event: error\ndata: {"code":"rag_busy","detail":"busy","status":409,"exit_code":6}\n\n'),
  )
  await expect(invoke(read, {name: 'x'}, context)).rejects.toMatchObject({code: 'rag_busy', exitCode: 6})
})

test('text that was shown is not shown twice: a cut stream of it fails', async () => {
  const {seen, context} = await serving(events('event: delta\ndata: {"type":"delta","text":"The"}\n\n', false), found)
  await expect(invoke(read, {name: 'x'}, context)).rejects.toMatchObject({code: 'deployment_interrupted'})
  expect(seen).toHaveLength(1)
})

test('events that end without a result are read again', async () => {
  const {seen, context} = await serving(
    events('event: progress\ndata: {"type":"progress","label":"a","done":1}\n\n'),
    found,
  )
  expect(await invoke(read, {name: 'x'}, context)).toEqual({found: 'č'})
  expect(seen).toHaveLength(2)
})

test('a page that is no deployment is told as such, and its redirect is not followed', async () => {
  const {seen, context} = await serving(
    response => void response.writeHead(302, {location: 'https://elsewhere.example/'}).end(),
  )
  await expect(invoke(read, {name: 'x'}, context)).rejects.toMatchObject({
    code: 'not_a_deployment',
    details: {status: 302, location: 'https://elsewhere.example/'},
  })
  expect(seen).toHaveLength(1)
})

test('an answer outside the schema does not pass as a result', async () => {
  const {context} = await serving(
    response => void response.writeHead(200, {'content-type': 'application/json'}).end('{"other":1}'),
  )
  await expect(invoke(read, {name: 'x'}, context)).rejects.toMatchObject({
    code: 'answer_mismatch',
    exitCode: ExitCode.failure,
    details: {operation: 'things.get', problems: [{path: 'found'}]},
  })
})

test('whatever exit code a deployment gives its error, it is never that of success', async () => {
  for (const exit_code of [0, 99_999, '0', undefined]) {
    const {context} = await serving(problem(422, {code: 'refused', detail: 'No', exit_code}))
    await expect(invoke(read, {name: 'x'}, context)).rejects.toMatchObject({exitCode: ExitCode.failure})
  }
})

test('tells once that versions differ', async () => {
  const {context} = await serving(
    response =>
      void response.writeHead(200, {'content-type': 'application/json', 'omni-version': '2.0.0'}).end('{"found":"x"}'),
  )
  await invoke(read, {name: 'x'}, context)
  await invoke(read, {name: 'x'}, context)
  expect(context.events).toHaveLength(1)
  expect(context.events[0]).toMatchObject({type: 'note', level: 'warn', message: expect.stringContaining('2.0.0')})
})

test('cancelling ends the request over there', async () => {
  const abort = new AbortController()
  let closed: Promise<unknown> = Promise.resolve()
  const {remote} = await serving(response => {
    closed = new Promise(resolve => response.on('close', resolve))
    abort.abort()
  })
  await expect(invoke(read, {name: 'x'}, testContext({remote, signal: abort.signal}))).rejects.toMatchObject({
    code: 'cancelled',
  })
  await closed
})

test('nobody listens: unreachable, after a few attempts', async () => {
  const remote = new Deployment({url: 'http://127.0.0.1:1', silence: 1_000, version: '1.2.0'})
  await expect(invoke(read, {name: 'x'}, testContext({remote}))).rejects.toMatchObject({
    code: 'deployment_unreachable',
    exitCode: ExitCode.notConfigured,
  })
})

test('a key does not travel in the clear to another machine', () => {
  const options = {url: 'http://omni.example.com', key: 'omni_k', silence: 1_000, version: '1.2.0'}
  expect(() => new Deployment(options)).toThrow(DeploymentKeyError)
  expect(() => new Deployment({...options, allowHttp: true})).not.toThrow()
  expect(() => new Deployment({...options, url: 'http://localhost:8080'})).not.toThrow()
  expect(() => new Deployment({...options, url: 'https://omni.example.com'})).not.toThrow()
})
