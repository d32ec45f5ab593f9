import {expect, onTestFinished, test, vi} from 'vitest'
import {JobQueue} from '../../src/jobs/job-queue.ts'
import type {JobDatabase} from '../../src/jobs/tables.ts'
import {ConflictError} from '../../src/operation/index.ts'
import {kyselyOver} from '../../src/store/engine.ts'
import {claimEvents} from '../../src/store/outbox.ts'
import {systemOf} from '../../src/store/system.ts'
import {TestClock} from '../../src/testing/index.ts'
import {type TestApp, testApp} from '../support/app.ts'
import {probeWrite} from '../support/probe-operations.ts'

const path = '/api/v1/probe/write'
const async = {Prefer: 'respond-async'}

/** The end of a job's events, which comes when it has ended. */
async function endOf(app: TestApp, key: string, id: string): Promise<string> {
  const {text} = await app.request(`/api/v1/jobs/${id}/events`, {key})
  return text
}

test('work that nobody waits for is done, tells how far it is, and keeps its answer', async () => {
  const app = await testApp({extraOperations: [probeWrite({run: async () => {}})], runJobs: true})
  const key = await app.key(['probe:write'])
  const accepted = await app.request(path, {key, headers: async, body: {value: 'a'}})
  expect(accepted).toMatchObject({status: 202, json: {operation: 'probe.write', status: 'queued'}})
  const {id} = accepted.json
  expect(accepted.headers.get('location')).toBe(`/api/v1/jobs/${id}`)
  const text = await endOf(app, key, id)
  expect(text).toBe(
    'id: 1\nevent: progress\ndata: {"type":"progress","label":"Writing","done":1}\n\n' +
      'id: 3\nevent: result\ndata: {"count":1,"value":"a"}\n\n',
  )
  const shown = await app.request(`/api/v1/jobs/${id}`, {key})
  expect(shown.json).toMatchObject({
    status: 'done',
    output: {count: 1, value: 'a'},
    progress: {label: 'Writing', done: 1},
  })
  const resumed = await app.request(`/api/v1/jobs/${id}/events`, {key, headers: {'Last-Event-ID': '1'}})
  expect(resumed.text).toMatch(/^id: 3\nevent: result/)
})

test('the same key makes the same job', async () => {
  const app = await testApp({extraOperations: [probeWrite({run: async () => {}})]})
  const key = await app.key(['*'])
  const headers = {...async, 'Idempotency-Key': 'k'}
  const [first, again] = [
    await app.request(path, {key, headers, body: {value: 'a'}}),
    await app.request(path, {key, headers, body: {value: 'a'}}),
  ]
  expect(again.json.id).toBe(first.json.id)
  expect(again.headers.get('idempotent-replayed')).toBe('true')
  expect((await app.request('/api/v1/jobs', {key})).json.items).toHaveLength(1)
  const other = await app.request(path, {key, headers, body: {value: 'b'}})
  expect(other).toMatchObject({status: 409, json: {code: 'idempotency_conflict'}})
})

test('what the caller may not do or has not said well is refused before it is a job', async () => {
  const app = await testApp({extraOperations: [probeWrite({run: async () => {}})]})
  const reader = await app.key(['rag:read'])
  expect(await app.request(path, {key: reader, headers: async, body: {}})).toMatchObject({status: 403})
  const writer = await app.key(['probe:write'])
  expect(await app.request(path, {key: writer, headers: async, body: {value: 1}})).toMatchObject({status: 422})
})

test('a job is seen by who asked for it, and by no other', async () => {
  const app = await testApp({extraOperations: [probeWrite({run: async () => {}})]})
  const mine = await app.key(['probe:*'])
  const {id} = (await app.request(path, {key: mine, headers: async, body: {}})).json
  const colleague = await app.key(['probe:*'])
  const elsewhere = await app.key(['*'], {tenant: 'globex'})
  for (const key of [colleague, elsewhere]) {
    expect((await app.request(`/api/v1/jobs/${id}`, {key})).json.code).toBe('unknown_job')
    expect((await app.request(`/api/v1/jobs/${id}/events`, {key})).json.code).toBe('unknown_job')
    expect((await app.request(`/api/v1/jobs/${id}/cancel`, {key, body: {}})).json.code).toBe('unknown_job')
    expect((await app.request('/api/v1/jobs', {key})).json.items).toEqual([])
  }
})

test('a job that waits is cancelled at once', async () => {
  const app = await testApp({extraOperations: [probeWrite({run: async () => {}})]})
  const key = await app.key(['*'])
  const {id} = (await app.request(path, {key, headers: async, body: {}})).json
  const cancelled = await app.request(`/api/v1/jobs/${id}/cancel`, {key, body: {}})
  expect(cancelled.json).toMatchObject({status: 'cancelled', error: {code: 'cancelled'}})
  expect(await endOf(app, key, id)).toContain('event: error')
})

/** Runs until it is told to end; the second time it does nothing. */
function waiting() {
  const began = Promise.withResolvers<void>()
  const run = async (count: number, signal: AbortSignal) => {
    if (count > 1) return
    began.resolve()
    await new Promise(resolve => signal.addEventListener('abort', resolve, {once: true}))
    throw signal.reason
  }
  return {began: began.promise, probe: probeWrite({run})}
}

test('a job that runs is cancelled when its worker hears of it', async () => {
  const {began, probe} = waiting()
  const app = await testApp({extraOperations: [probe], runJobs: true})
  const key = await app.key(['*'])
  const {id} = (await app.request(path, {key, headers: async, body: {}})).json
  await began
  expect((await app.request(`/api/v1/jobs/${id}/cancel`, {key, body: {}})).json.status).toBe('running')
  expect(await endOf(app, key, id)).toContain('"code":"cancelled"')
  expect((await app.request(`/api/v1/jobs/${id}`, {key})).json.status).toBe('cancelled')
  expect((await app.request(`/api/v1/jobs/${id}/cancel`, {key, body: {}})).status).toBe(200)
})

test('a server that ends gives its jobs back, and another finishes them', async () => {
  const {began, probe} = waiting()
  const first = await testApp({extraOperations: [probe], runJobs: true})
  const key = await first.key(['*'])
  const {id} = (await first.request(path, {key, headers: async, body: {}})).json
  await began
  await first.stopJobs()
  expect((await first.request(`/api/v1/jobs/${id}`, {key})).json.status).toBe('queued')
  const second = await testApp({workspace: first.workspace, extraOperations: [probe], runJobs: true})
  expect(await endOf(second, key, id)).toContain('event: result')
})

test('a worker whose job was taken over leaves it and writes down nothing more', async () => {
  vi.useFakeTimers({toFake: ['setInterval', 'clearInterval']})
  onTestFinished(() => void vi.useRealTimers())
  const [began, ended] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const run = async (_count: number, signal: AbortSignal) => {
    began.resolve()
    await new Promise(resolve => signal.addEventListener('abort', resolve, {once: true}))
    ended.resolve()
  }
  const app = await testApp({extraOperations: [probeWrite({run})], runJobs: true})
  const key = await app.key(['*'])
  const {id} = (await app.request(path, {key, headers: async, body: {}})).json
  await began.promise
  const {engine} = systemOf(await app.runtime.store())
  await engine.transaction(connection =>
    kyselyOver<JobDatabase>(engine, connection).updateTable('omni_jobs').set({claimed_by: 'another'}).execute(),
  )
  // A sign of life is due.
  await vi.advanceTimersByTimeAsync(100)
  await ended.promise
  await app.stopJobs()
  expect(vi.getTimerCount()).toBe(0)
  expect((await app.request(`/api/v1/jobs/${id}`, {key})).json.status).toBe('running')
})

test('a job that is forgotten while somebody follows it ends their stream with an error', async () => {
  const app = await testApp({extraOperations: [probeWrite({run: async () => {}})]})
  const key = await app.key(['*'])
  const {id} = (await app.request(path, {key, headers: async, body: {}})).json
  const followed = await app.send(`/api/v1/jobs/${id}/events`, {key})
  const {engine} = systemOf(await app.runtime.store())
  await engine.transaction(connection => kyselyOver<JobDatabase>(engine, connection).deleteFrom('omni_jobs').execute())
  expect(await followed.text()).toMatch(/event: error\ndata: .*"code":"unknown_job"/)
})

test('an operation that must not run twice is not, after something was committed', async () => {
  const app = await testApp({extraOperations: [probeWrite({run: async () => {}, repeatable: false})]})
  const key = await app.key(['*'])
  const {id} = (await app.request(path, {key, headers: async, body: {}})).json
  const {engine} = systemOf(await app.runtime.store())
  await engine.transaction(connection =>
    kyselyOver<{omni_jobs: {status: string; committed: boolean; claimed_by: string}}>(engine, connection)
      .updateTable('omni_jobs')
      .set({status: 'running', committed: true, claimed_by: 'a dead worker'})
      .execute(),
  )
  const other = await testApp({
    workspace: app.workspace,
    extraOperations: [probeWrite({run: async () => {}, repeatable: false})],
    runJobs: true,
  })
  expect(await endOf(other, key, id)).toContain('"code":"job_interrupted"')
})

test('a failed job says why', async () => {
  const run = async () => {
    throw new ConflictError('It contradicts', {hint: 'look'})
  }
  const app = await testApp({extraOperations: [probeWrite({run})], runJobs: true})
  const key = await app.key(['*'])
  const {id} = (await app.request(path, {key, headers: async, body: {}})).json
  expect(await endOf(app, key, id)).toContain('event: error\ndata: {"type":"urn:omni:problem:conflict"')
  const {json} = await app.request(`/api/v1/jobs/${id}`, {key})
  expect(json).toMatchObject({status: 'failed', error: {code: 'conflict', detail: 'It contradicts', hint: 'look'}})
})

test('the job of a worker that died is taken by another, and the dead one changes nothing any more', async () => {
  const app = await testApp()
  const clock = new TestClock()
  const queue = new JobQueue({...app.runtime, clock})
  const principal = {id: 'key:x', kind: 'key', scopes: ['*']} as const
  await queue.add({id: 'j', tenant: 'acme', operation: 'probe.write', input: {}, principal, requestId: 'r'})
  const dead = await queue.claim('first', 1000)
  expect(await queue.claim('second', 1000)).toBeUndefined()
  expect(await queue.renew(dead!, 1000)).toEqual({held: true, cancel: false})
  clock.advance(1001)
  const taken = await queue.claim('second', 1000)
  expect(taken?.row).toMatchObject({id: 'j', attempts: 2, status: 'running'})
  expect(await queue.renew(dead!, 1000)).toEqual({held: false, cancel: false})
  await queue.finish(dead!, {status: 'done', output: '"late"', exitCode: 0})
  await queue.finish(taken!, {status: 'done', output: '"right"', exitCode: 0})
  clock.advance(10_000)
  expect(await queue.claim('third', 1000)).toBeUndefined()
  const store = await app.runtime.store()
  const told = await claimEvents(store, {worker: 'w', limit: 10, lease: 1000})
  expect(told.map(({tenant, event, payload}) => ({tenant, event, payload}))).toEqual([
    {tenant: 'acme', event: 'job.finished', payload: {id: 'j', operation: 'probe.write', status: 'done'}},
  ])
})

test('a job whose key was revoked or has expired meanwhile is not done', async () => {
  let ran = 0
  const extraOperations = [
    probeWrite({
      run: async () => {
        ran += 1
      },
    }),
  ]
  const waiting = await testApp({extraOperations})
  const owner = await waiting.key(['*'])
  const keys: {key: string; prefix: string}[] = []
  for (const name of ['revoked', 'expired', 'rotated', 'gone']) {
    const body = {name, scopes: ['probe:write']}
    keys.push((await waiting.request('/api/v1/keys', {key: owner, body})).json)
  }
  const jobs: string[] = []
  for (const {key} of keys) jobs.push((await waiting.request(path, {key, headers: async, body: {}})).json.id)
  const [revoked, , rotated, gone] = keys.map(({prefix}) => `/api/v1/keys/${prefix}`)
  const change = async (address: string, body: object) =>
    expect((await waiting.request(address, {key: owner, body})).status).toBe(200)
  await change(`${revoked}/revoke`, {})
  await change(`${rotated}/rotate`, {overlap_hours: 0})
  await change(`${gone}/rotate`, {overlap_hours: 0})
  await change('/api/v1/keys/gone/revoke', {})
  const {engine} = systemOf(await waiting.runtime.store())
  await engine.transaction(async connection => {
    await kyselyOver<{omni_api_keys: {prefix: string; expires_at: string}}>(engine, connection)
      .updateTable('omni_api_keys')
      .set({expires_at: '2020-01-01T00:00:00.000Z'})
      .where('prefix', '=', keys[1]!.prefix)
      .execute()
  })
  const worker = await testApp({extraOperations, workspace: waiting.workspace, runJobs: true})
  const denied = {status: 'failed', error: {code: 'denied', status: 403}}
  for (const [index, outcome] of [denied, denied, {status: 'done'}, denied].entries()) {
    await endOf(worker, owner, jobs[index]!)
    const {json} = await worker.request(`/api/v1/jobs/${jobs[index]!}`, {key: owner})
    expect([keys[index]!.prefix, json]).toMatchObject([keys[index]!.prefix, outcome])
  }
  expect(ran).toBe(1)
})
