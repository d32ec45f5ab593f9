import {expect, test} from 'vitest'
import {testApp} from '../support/app.ts'
import {probeEcho, probeEvents, probeFiles, probeWait} from '../support/probe-operations.ts'

test('a document goes in by REST and comes back with a citation, in the tenant of the key', async () => {
  const {request, key} = await testApp()
  const acme = await key(['rag:*'], {tenant: 'acme'})
  const documents = [{content: 'The notice period is four weeks.', metadata: {kind: 'contract'}}]
  const ingested = await request('/api/v1/rag/ingest', {key: acme, body: {documents, tenant_id: 'acme'}})
  expect(ingested).toMatchObject({status: 200, json: {chunks: 1, documents: [{status: 'added'}]}})
  const found = await request('/api/v1/rag/query', {
    key: acme,
    body: {query: 'notice period', top_k: 3, filter_metadata: {kind: 'contract'}, system_prompt: 'x', temperature: 0},
  })
  expect(found.json).toMatchObject({answered: true, answer: 'The notice period is four weeks.'})
  const other = await key(['rag:*'], {tenant: 'globex'})
  const nothing = await request('/api/v1/rag/search', {key: other, body: {query: 'notice period'}})
  expect(nothing).toMatchObject({status: 404, json: {code: expect.stringContaining('collection'), exit_code: 5}})
})

test('the query becomes the input: numbers, booleans, lists and JSON', async () => {
  const {request, key} = await testApp({extraOperations: [probeEcho]})
  const filter = encodeURIComponent('{"a":[1,{"b":null}]}')
  const answer = await request(`/api/v1/probe/caf%C3%A9%2F..?count=3&flag=true&words=a&words=b&filter=${filter}`, {
    key: await key(['*']),
  })
  expect(answer.json).toEqual({
    tenant: 'default',
    principal: expect.stringMatching(/^key:[0-9a-z]{12}$/),
    input: {name: 'café/..', count: 3, flag: true, words: ['a', 'b'], filter: {a: [1, {b: null}]}},
  })
})

test.each([
  ['a number that is none', '/api/v1/probe/x?count=many', 'count'],
  ['a number twice', '/api/v1/probe/x?count=1&count=2', 'count'],
  ['a field that is none', '/api/v1/probe/x?cuont=1', 'cuont'],
  ['a name from the prototype', '/api/v1/probe/x?constructor=1', 'constructor'],
  ['a filter that is no object', '/api/v1/probe/x?filter=1', 'filter'],
])('refuses %s, and says which field', async (_name, path, field) => {
  const {request, key} = await testApp({extraOperations: [probeEcho]})
  const {status, json, headers} = await request(path, {key: await key(['*'])})
  expect(status).toBe(422)
  expect(headers.get('content-type')).toBe('application/problem+json')
  expect(json).toMatchObject({type: 'urn:omni:problem:invalid_input', code: 'invalid_input', exit_code: 2})
  expect(json.details.problems.map((problem: {path: string}) => problem.path)).toContain(field)
  expect(json.request_id).toBe(headers.get('x-request-id'))
})

test('the tenant comes from the header, the input or the key, within the rights of the key', async () => {
  const {request, key} = await testApp({extraOperations: [probeEcho]})
  const several = await key(['*'], {tenant: 'acme', tenants: ['globex']})
  const tenantOf = async (path: string, headers: Record<string, string> = {}) => {
    const {status, json} = await request(path, {key: several, headers})
    return status === 200 ? json.tenant : json.code
  }
  expect(await tenantOf('/api/v1/probe/x')).toBe('acme')
  expect(await tenantOf('/api/v1/probe/x', {'X-Tenant-ID': 'globex'})).toBe('globex')
  expect(await tenantOf('/api/v1/probe/x?tenant_id=globex')).toBe('globex')
  expect(await tenantOf('/api/v1/probe/x?tenant_id=globex', {'X-Tenant-ID': 'acme'})).toBe('tenant_contradiction')
  expect(await tenantOf('/api/v1/probe/x', {'X-Tenant-ID': 'initech'})).toBe('tenant_denied')
  expect(await tenantOf('/api/v1/probe/x', {'X-Tenant-ID': '../acme'})).toBe('invalid_input')
})

test('request ids and traces are taken up where they are fit', async () => {
  const {request} = await testApp()
  const trace = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
  const {headers} = await request('/nowhere', {headers: {'X-Request-ID': 'job-7.1', traceparent: trace}})
  expect(headers.get('x-request-id')).toBe('job-7.1')
  expect(headers.get('traceparent')).toMatch(
    /^00-0af7651916cd43dd8448eb211c80319c-(?!b7ad6b7169203331)[0-9a-f]{16}-01$/,
  )
  expect(headers.get('omni-version')).toBe('0.0.0')
  const fresh = await request('/nowhere', {headers: {'X-Request-ID': 'a b', traceparent: '00-0-0-00'}})
  expect(fresh.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/)
  expect(fresh.headers.get('traceparent')).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/)
})

test('an unknown path is 404, an unknown method 405 with those that are known', async () => {
  const {request} = await testApp()
  expect(await request('/api/v1/rag/nothing')).toMatchObject({status: 404, json: {code: 'unknown_route'}})
  const wrong = await request('/api/v1/rag/search', {method: 'DELETE'})
  expect(wrong).toMatchObject({status: 405, json: {code: 'method_not_allowed'}})
  expect(wrong.headers.get('allow')).toBe('POST')
})

test('events are streamed in order with ids, then the exit code and the one result', async () => {
  const {request, key} = await testApp({extraOperations: [probeEvents]})
  const {text, headers} = await request('/api/v1/probe/events', {
    key: await key(['*']),
    headers: {Accept: 'text/event-stream'},
    body: {},
  })
  expect(headers.get('content-type')).toBe('text/event-stream')
  expect(eventsOf(text)).toEqual([
    ['1', 'progress', {type: 'progress', label: 'Counting', done: 1, total: 2}],
    ['2', 'note', {type: 'note', level: 'warn', message: 'a\nb'}],
    ['3', 'delta', {type: 'delta', text: 'ž'}],
    ['4', 'outcome', {exit_code: 3}],
    ['5', 'result', {total: '12345678901234567890'}],
  ])
})

test('a bug is told without its inside, as an answer and as an event', async () => {
  const lines: unknown[] = []
  const app = await testApp({extraOperations: [probeEvents]})
  const error = (...line: unknown[]) => void lines.push(line)
  const key = await app.key(['*'])
  Object.assign(app.runtime.log, {error})
  const plain = await app.request('/api/v1/probe/events', {key, body: {fail: true}})
  expect(plain).toMatchObject({status: 500, json: {code: 'bug', exit_code: 70, detail: 'omni has a bug'}})
  const stream = await app.request('/api/v1/probe/events', {
    key,
    body: {fail: true},
    headers: {Accept: 'text/event-stream'},
  })
  expect(eventsOf(stream.text).at(-1)).toMatchObject(['4', 'error', {code: 'bug'}])
  expect(plain.text + stream.text).not.toContain('/secret/path')
  expect(JSON.stringify(lines)).toContain('/secret/path')
})

test('who leaves a stream ends its operation', async () => {
  const began = Promise.withResolvers<void>()
  const ended = Promise.withResolvers<boolean>()
  const wait = probeWait({began: began.resolve, ended: ended.resolve})
  const {send, key} = await testApp({extraOperations: [wait]})
  const response = await send('/api/v1/probe/wait', {
    key: await key(['*']),
    body: {},
    headers: {Accept: 'text/event-stream'},
  })
  await began.promise
  await response.body?.cancel()
  expect(await ended.promise).toBe(true)
})

test('the exit code of a partial result is in a header', async () => {
  const {request, key} = await testApp({extraOperations: [probeEvents]})
  const {status, headers, json} = await request('/api/v1/probe/events', {key: await key(['*']), body: {}})
  expect([status, headers.get('omni-exit-code'), json]).toEqual([200, '3', {total: '12345678901234567890'}])
})

function eventsOf(text: string): [string, string, unknown][] {
  return text
    .split('\n\n')
    .filter(block => block !== '' && !block.startsWith(':'))
    .map(block => {
      const field = (name: string) =>
        block
          .split('\n')
          .find(line => line.startsWith(`${name}: `))
          ?.slice(name.length + 2)
      return [field('id') ?? '', field('event') ?? '', JSON.parse(field('data') ?? 'null')]
    })
}

test.each([
  ['image/*', 1, 'image/png'],
  ['image/png', 1, 'image/png'],
  ['text/html, image/png;q=0.8', 1, 'image/png'],
  ['image/jpeg', 1, 'application/json'],
  ['*/*', 1, 'application/json'],
  ['image/*, application/json', 1, 'application/json'],
  // Two are no file.
  ['image/*', 2, 'application/json'],
])('Accept: %s of %i files is answered with %s… of its kind', async (Accept, count, type) => {
  const {request, key} = await testApp({extraOperations: [probeFiles]})
  const {status, headers, text} = await request(`/api/v1/probe/files?count=${count}`, {
    key: await key(['*']),
    headers: {Accept},
  })
  expect([status, headers.get('content-type'), headers.get('vary')]).toEqual([200, type, 'Accept'])
  const file = Buffer.from('iVBORw0KGgo=', 'base64').toString()
  expect(text).toBe(type === 'image/png' ? file : JSON.stringify({files: Array(count).fill('iVBORw0KGgo=')}))
})
