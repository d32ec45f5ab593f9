import {expect, onTestFinished, test} from 'vitest'
import {nextTime} from '../../src/schedules/next-time.ts'
import {ScheduleWorker} from '../../src/schedules/schedule-worker.ts'
import type {ScheduleDatabase} from '../../src/schedules/tables.ts'
import {kyselyOver} from '../../src/store/engine.ts'
import {systemOf} from '../../src/store/system.ts'
import {testApp} from '../support/app.ts'
import {Workspace} from '../support/workspace.ts'

const path = '/api/v1/dashboards/schedules'

test.each([
  ['0 2 * * 1', 'UTC', '2026-11-23T02:00:00Z', '2026-11-30T02:00:00Z'],
  // The same hour of the clock before and after clocks change.
  ['30 6 * * 1', 'Europe/Ljubljana', '2026-03-20T00:00:00Z', '2026-03-23T05:30:00Z'],
  ['30 6 * * 1', 'Europe/Ljubljana', '2026-03-24T00:00:00Z', '2026-03-30T04:30:00Z'],
  // Clocks skip half past two: it comes when they have gone forward, and is not left out.
  ['30 2 * * *', 'Europe/Ljubljana', '2026-03-28T12:00:00Z', '2026-03-29T01:00:00Z'],
  // They repeat it: it comes once.
  ['30 2 * * *', 'Europe/Ljubljana', '2026-10-24T12:00:00Z', '2026-10-25T00:30:00Z'],
  ['30 2 * * *', 'Europe/Ljubljana', '2026-10-25T00:30:00Z', '2026-10-26T01:30:00Z'],
])('%s in %s after %s is %s', async (cron, zone, after, next) => {
  expect((await nextTime(cron, zone, new Date(after))).toISOString()).toBe(new Date(next).toISOString())
})

test.each([
  ['61 2 * * *', 'UTC'],
  ['* * * * * *', 'UTC'],
  ['0 0 31 2 *', 'UTC'],
  ['0 2 * * 1', 'Mars/Olympus'],
])('%s in %s is no schedule', async (cron, zone) => {
  await expect(nextTime(cron, zone, new Date())).rejects.toMatchObject({code: 'invalid_schedule'})
})

/** The app, and a worker of schedules whose clock is moved by hand. */
async function server() {
  const app = await testApp({runJobs: true})
  let now = new Date()
  const clock = {...app.runtime.clock, now: () => now}
  const worker = new ScheduleWorker({runtime: {...app.runtime, clock}, wake: () => {}})
  onTestFinished(() => worker.stop())
  const key = await app.key(['*'], {tenant: 'acme'})
  const list = async () => (await app.request(path, {key})).json.schedules
  return {
    ...app,
    key: app.key,
    acme: key,
    worker,
    list,
    weeksLater: (weeks: number) => void (now = new Date(now.getTime() + weeks * 7 * 86_400_000)),
  }
}

const weekly = {id: 'weekly', cron: '0 2 * * 1', names: ['Security & Auth'], sample: true}

test('what is due is built by a server as its maker, once for all times that it was due, and the outcome is kept', async () => {
  const {request, acme, worker, list, runtime} = await server()
  const added = await request(path, {key: acme, body: weekly})
  expect(added.json).toMatchObject({id: 'weekly', builds: 'Security & Auth from the sample', last_status: null})
  await worker.look()
  expect(await list()).toMatchObject([{last_status: null}])
  // As if no server had run for five weeks.
  const {engine} = systemOf(await runtime.store())
  const due = new Date(Date.parse(added.json.next_at) - 5 * 7 * 86_400_000).toISOString()
  await engine.transaction(connection =>
    kyselyOver<ScheduleDatabase>(engine, connection).updateTable('omni_schedules').set({due_at: due}).execute(),
  )
  await worker.look()
  const [running] = await list()
  expect(running).toMatchObject({last_status: 'running', job: expect.any(String), next_at: added.json.next_at})
  const done = async () => {
    await worker.look()
    return (await list())[0].last_status
  }
  await expect.poll(done, {timeout: 30_000}).toBe('done')
  const jobs = (await request('/api/v1/jobs', {key: acme})).json.items
  expect(jobs).toMatchObject([{operation: 'dashboard.build', status: 'done'}])
  expect((await request('/api/v1/dashboards/generated', {key: acme})).json.pages).toMatchObject([
    {title: 'Security & Auth'},
  ])
  const {text} = await request('/api/v1/audit/entries', {key: acme})
  expect(text).toContain('schedule.added')
  expect(text).toContain('dashboard.built')
})

test('what comes due while its last run is not over is passed over, and that is told', async () => {
  const {request, acme, worker, list, weeksLater, stopJobs} = await server()
  await stopJobs()
  await request(path, {key: acme, body: weekly})
  weeksLater(1)
  await worker.look()
  weeksLater(1)
  await worker.look()
  expect((await request('/api/v1/jobs', {key: acme})).json.items).toHaveLength(1)
  expect(await list()).toMatchObject([{last_status: 'running', skipped_at: expect.any(String)}])
  const again = await request(`${path}/run`, {key: acme, body: {id: 'weekly'}})
  expect(again).toMatchObject({status: 409, json: {code: 'schedule_running'}})
})

test('two servers make one job of what is due', async () => {
  const {request, acme, worker, weeksLater, runtime, stopJobs} = await server()
  await stopJobs()
  await request(path, {key: acme, body: weekly})
  weeksLater(1)
  const later = {...runtime.clock, now: () => new Date(Date.now() + 8 * 86_400_000)}
  const other = new ScheduleWorker({runtime: {...runtime, clock: later}, wake: () => {}})
  await Promise.all([worker.look(), other.look()])
  expect((await request('/api/v1/jobs', {key: acme})).json.items).toHaveLength(1)
})

test('each tenant has its own, a name is given once, and what could never run is refused at once', async () => {
  const {request, key, acme} = await server()
  await request(path, {key: acme, body: weekly})
  const globex = await key(['*'], {tenant: 'globex'})
  expect((await request(path, {key: globex})).json.schedules).toEqual([])
  const remove = {method: 'DELETE', key: globex}
  expect(await request(`${path}/weekly`, remove)).toMatchObject({status: 404, json: {code: 'unknown_schedule'}})
  for (const [body, status, code] of [
    [weekly, 409, 'schedule_exists'],
    [{...weekly, id: 'b', cron: '99 2 * * 1'}, 422, 'invalid_schedule'],
    [{...weekly, id: 'c', names: ['Nothing']}, 404, 'unknown_dashboard_type'],
    [{...weekly, id: 'd', sample: false}, 503, 'no_data_source'],
  ] as const) {
    expect(await request(path, {key: acme, body})).toMatchObject({status, json: {code}})
  }
  const reader = await key(['dashboard:read'], {tenant: 'acme'})
  expect((await request(path, {key: reader, body: {...weekly, id: 'e'}})).status).toBe(403)
  expect((await request(`${path}/weekly`, {method: 'DELETE', key: acme})).json).toEqual({id: 'weekly', removed: true})
  expect((await request(path, {key: acme})).json.schedules).toEqual([])
})

test('without a server the command runs what is due, or one by its name, and keeps how it went', async () => {
  const workspace = new Workspace()
  workspace.write('sales.csv', 'order_id,date,region,total\n1,2026-01-01,North,5\n')
  const sources = {sales: {location: workspace.path('sales.csv'), tenants: ['default']}}
  Object.assign(workspace.env, {OMNI_DASHBOARD_SOURCES: JSON.stringify(sources)})
  const schedule = ['dashboard', 'schedule']
  await workspace.json([
    ...schedule,
    'add',
    'weekly',
    '--type',
    'Revenue Analytics',
    '--cron',
    '0 2 * * 1',
    '--source',
    'sales',
  ])
  expect(await workspace.json([...schedule, 'run'])).toEqual({runs: []})
  // The sample would be whole; these data lack something.
  expect(await workspace.json([...schedule, 'run', 'weekly'], 3)).toMatchObject({runs: [{last_status: 'partial'}]})
  workspace.write('sales.csv', 'nothing\n')
  expect(await workspace.json([...schedule, 'run', 'weekly'], 1)).toMatchObject({runs: [{last_status: 'failed'}]})
  expect(await workspace.json([...schedule, 'list'])).toMatchObject({
    schedules: [{id: 'weekly', last_status: 'failed'}],
  })
})
