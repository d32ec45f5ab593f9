import {expect, test} from 'vitest'
import {auditList} from '../../src/audit/operations/index.ts'
import {kyselyOver} from '../../src/store/engine.ts'
import {systemOf} from '../../src/store/system.ts'
import {ConflictError} from '../../src/operation/index.ts'
import {type TestApp, testApp} from '../support/app.ts'
import {probeWrite} from '../support/probe-operations.ts'

const path = '/api/v1/probe/write'
const once = {'Idempotency-Key': 'k-1'}

async function runsOf(app: TestApp): Promise<number> {
  const {items} = await app.workspace.call(auditList, {action: 'probe.written'})
  return items.length
}

interface Answers {
  omni_answers: {held_until: string; committed: boolean; status: number | null; body: string | null}
}

/** What a server leaves behind that dies while it has the key. */
async function loseHolder(app: TestApp, values: {committed: boolean}): Promise<void> {
  const {engine} = systemOf(await app.runtime.store())
  await engine.transaction(connection =>
    kyselyOver<Answers>(engine, connection)
      .updateTable('omni_answers')
      .set({held_until: '2000-01-01T00:00:00.000Z', status: null, body: null, ...values})
      .execute(),
  )
}

test('a request that comes again gets the first answer and does nothing', async () => {
  const app = await testApp({extraOperations: [probeWrite({run: async () => {}})]})
  const key = await app.key(['*'])
  const first = await app.request(path, {key, headers: once, body: {value: 'a'}})
  const again = await app.request(path, {key, headers: once, body: {value: 'a'}})
  expect([first.status, first.headers.get('idempotent-replayed')]).toEqual([200, null])
  expect([again.status, again.headers.get('idempotent-replayed'), again.text]).toEqual([200, 'true', first.text])
  const events = await app.request(path, {key, headers: {...once, Accept: 'text/event-stream'}, body: {value: 'a'}})
  expect(events.text).toBe(`id: 1\nevent: result\ndata: ${first.text}\n\n`)
  expect(await runsOf(app)).toBe(1)
  const other = await app.request(path, {key, headers: once, body: {value: 'b'}})
  expect(other).toMatchObject({status: 409, json: {code: 'idempotency_conflict', exit_code: 6}})
  const stranger = await app.request(path, {key: await app.key(['*']), headers: once, body: {value: 'b'}})
  expect(stranger.json).toEqual({count: 2, value: 'b'})
})

test('while the first is at work, the second is told to come again', async () => {
  const began = Promise.withResolvers<void>()
  const goOn = Promise.withResolvers<void>()
  const run = () => (began.resolve(), goOn.promise)
  const app = await testApp({extraOperations: [probeWrite({run})]})
  const key = await app.key(['*'])
  const first = app.request(path, {key, headers: once, body: {}})
  await began.promise
  const second = await app.request(path, {key, headers: once, body: {}})
  expect(second).toMatchObject({status: 409, json: {code: 'request_running'}})
  expect(Number(second.headers.get('retry-after'))).toBeGreaterThan(0)
  goOn.resolve()
  expect((await first).status).toBe(200)
  expect((await app.request(path, {key, headers: once, body: {}})).headers.get('idempotent-replayed')).toBe('true')
})

test('a failure frees the key', async () => {
  const run = async (count: number) => {
    if (count === 1) throw new ConflictError('Not now')
  }
  const app = await testApp({extraOperations: [probeWrite({run})]})
  const key = await app.key(['*'])
  expect((await app.request(path, {key, headers: once, body: {}})).status).toBe(409)
  expect((await app.request(path, {key, headers: once, body: {}})).json).toEqual({count: 2, value: ''})
})

test('after a crash the work is done again, unless it must not be done twice', async () => {
  for (const [repeatable, committed, expected] of [
    [undefined, true, 200],
    [false, false, 200],
    [false, true, 409],
  ] as const) {
    const probe = probeWrite({run: async () => {}, ...(repeatable === undefined ? {} : {repeatable})})
    const app = await testApp({extraOperations: [probe]})
    const key = await app.key(['*'])
    await app.request(path, {key, headers: once, body: {}})
    await loseHolder(app, {committed})
    const retried = await app.request(path, {key, headers: once, body: {}})
    expect(retried.status).toBe(expected)
    if (expected === 409) expect(retried.json).toMatchObject({code: 'request_interrupted', hint: expect.any(String)})
  }
})

test('of two that take a dead one over, one runs', async () => {
  const goOn = Promise.withResolvers<void>()
  const app = await testApp({
    extraOperations: [probeWrite({run: count => (count === 1 ? Promise.resolve() : goOn.promise)})],
  })
  const key = await app.key(['*'])
  await app.request(path, {key, headers: once, body: {}})
  await loseHolder(app, {committed: true})
  const both = [1, 2].map(() => app.request(path, {key, headers: once, body: {}}))
  const refused = await Promise.race(both)
  expect(refused).toMatchObject({status: 409, json: {code: 'request_running'}})
  goOn.resolve()
  expect((await Promise.all(both)).map(answer => answer.status).toSorted()).toEqual([200, 409])
})

test('who was believed dead and is not commits nothing any more', async () => {
  const began = Promise.withResolvers<void>()
  const goOn = Promise.withResolvers<void>()
  const probe = probeWrite({run: async count => (count === 1 ? (began.resolve(), goOn.promise) : undefined)})
  const app = await testApp({extraOperations: [probe]})
  const key = await app.key(['*'])
  const slow = app.request(path, {key, headers: once, body: {}})
  await began.promise
  await loseHolder(app, {committed: true})
  const second = await app.request(path, {key, headers: once, body: {}})
  expect(second.json).toEqual({count: 2, value: ''})
  goOn.resolve()
  await slow
  const third = await app.request(path, {key, headers: once, body: {}})
  expect(third.json).toEqual({count: 2, value: ''})
})

test('an answer that holds a secret is kept nowhere', async () => {
  const app = await testApp()
  const key = await app.key(['*'])
  const body = {name: 'ci', scopes: ['rag:read']}
  const made = await app.request('/api/v1/keys', {key, headers: once, body})
  expect(made.status).toBe(200)
  const again = await app.request('/api/v1/keys', {key, headers: once, body})
  expect(again).toMatchObject({status: 409, json: {code: 'answer_not_kept'}})
  const {engine} = systemOf(await app.runtime.store())
  const rows = await kyselyOver<Answers>(engine).selectFrom('omni_answers').selectAll().execute()
  expect(rows).toHaveLength(1)
  expect(JSON.stringify(rows)).not.toContain(made.json.key)
})

test.each(['', 'a b', 'x'.repeat(256)])('refuses the key %j', async idempotencyKey => {
  const app = await testApp({extraOperations: [probeWrite({run: async () => {}})]})
  const key = await app.key(['*'])
  const answer = await app.request(path, {key, headers: {'Idempotency-Key': idempotencyKey}, body: {}})
  expect(answer).toMatchObject({status: 422, json: {code: 'invalid_input'}})
})
