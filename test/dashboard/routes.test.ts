import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {expect, test} from 'vitest'
import {testApp} from '../support/app.ts'
import {Workspace} from '../support/workspace.ts'

const path = '/api/v1/dashboards'

test('types, build, one of them, status and what was generated: each tenant has its own', async () => {
  const {request, key, workspace} = await testApp()
  const acme = await key(['*'], {tenant: 'acme'})
  const globex = await key(['*'], {tenant: 'globex'})
  const types = await request(`${path}/types`, {key: acme})
  expect(types.json.types[0]).toMatchObject({name: 'Revenue Analytics', priority: 1})
  const body = {names: ['security-auth'], sample: true, output_dir: 'weekly'}
  const built = await request(`${path}/build`, {key: acme, body})
  expect(built).toMatchObject({
    status: 200,
    json: {
      sample: true,
      directory: null,
      dashboards: [{title: 'Security & Auth', status: 'built', file: 'weekly/security-auth.html'}],
    },
  })
  const one = await request(`${path}/build/${encodeURIComponent('Subscription Metrics')}`, {
    key: acme,
    body: {sample: true},
  })
  expect(one).toMatchObject({status: 200, json: {file: 'subscription-metrics.html'}})
  const generated = await request(`${path}/generated`, {key: acme})
  expect(generated.json.pages).toMatchObject([
    {file: 'subscription-metrics.html', state: 'ready'},
    {file: 'weekly/security-auth.html', state: 'ready'},
  ])
  expect((await request(`${path}/build/status`, {key: acme})).json).toMatchObject({built: 2})
  expect((await request(`${path}/generated`, {key: globex})).json.pages).toEqual([])
  const manifest = readFileSync(join(workspace.data, 'dashboards', 'acme', 'manifest.json'), 'utf8')
  expect(JSON.parse(manifest).pages).toHaveLength(2)
})

test.each([
  ['a type that is none', '/build/Nothing', {sample: true}, 404, 'unknown_dashboard_type'],
  ['a directory above', '/build', {sample: true, output_dir: '../other'}, 422, 'invalid_input'],
  ['an absolute directory', '/build', {sample: true, output_dir: '/etc'}, 422, 'invalid_input'],
  ['no data', '/build', {names: ['Revenue Analytics']}, 503, 'no_data_source'],
  ['a source that is not the tenant’s', '/build', {source: 'secret'}, 404, 'unknown_data_source'],
])('%s is refused', async (_name, route, body, status, code) => {
  const {request, key} = await testApp()
  const answer = await request(`${path}${route}`, {key: await key(['*']), body})
  expect(answer).toMatchObject({status, json: {code}})
})

test('a source of several tenants shows each its own rows, whatever is asked for', async () => {
  const workspace = new Workspace()
  workspace.write(
    'sales.csv',
    'order_id,date,region,total,company\n1,2026-01-01,North,5,acme\n2,2026-01-01,South,700,globex\n',
  )
  const sources = {sales: {location: workspace.path('sales.csv'), tenant_column: 'company'}}
  Object.assign(workspace.env, {OMNI_DASHBOARD_SOURCES: JSON.stringify(sources)})
  const {request, key} = await testApp({workspace})
  const acme = await key(['*'], {tenant: 'acme'})
  const body = {names: ['Revenue Analytics'], save_to_disk: false}
  const {html} = (await request(`${path}/build`, {key: acme, body})).json.dashboards[0]
  expect(html).toMatch(/<p class="value">5<\/p>/)
  expect(html).not.toContain('South')
  const asked = await request(`${path}/build`, {key: acme, body: {...body, where: {region: 'South'}}})
  expect(asked.json.dashboards[0].html).not.toContain('700')
})

test('a dashboard that was built: what it is, its page, and the rows of a panel as they are now', async () => {
  const workspace = new Workspace()
  const rows = 'order_id,date,region,total,company\n1,2026-01-01,North,5,acme\n2,2026-01-02,"=1+1",700,acme\n'
  workspace.write('sales.csv', rows)
  const sources = {sales: {location: workspace.path('sales.csv'), tenants: ['acme']}}
  Object.assign(workspace.env, {OMNI_DASHBOARD_SOURCES: JSON.stringify(sources)})
  const {request, key} = await testApp({workspace})
  const acme = await key(['dashboard:*'], {tenant: 'acme'})
  const globex = await key(['dashboard:*'], {tenant: 'globex'})
  const body = {names: ['Revenue Analytics'], output_dir: 'weekly', source: 'sales'}
  await request(`${path}/build`, {key: acme, body})

  const shown = await request(`${path}/weekly.revenue-analytics`, {key: acme})
  expect(shown.json).toMatchObject({
    file: 'weekly/revenue-analytics.html',
    live: true,
    state: 'ready',
    html: null,
    data: {kind: 'source', source: 'sales', seed: null},
    spec: {title: 'Revenue Analytics'},
  })
  const page = await request(`${path}/weekly.revenue-analytics`, {key: acme, headers: {Accept: 'text/html'}})
  expect(page.headers.get('content-type')).toBe('text/html')
  expect(page.text).toContain('<h1>Revenue Analytics</h1>')

  const revenue = `${path}/weekly.revenue-analytics/panels/revenue-by-region/data`
  const data = await request(revenue, {key: acme})
  expect(data.json.columns).toEqual([
    {title: 'Begins', kind: 'text'},
    {title: '=1+1', kind: 'number'},
    {title: 'North', kind: 'number'},
    {title: 'Whole', kind: 'text'},
  ])
  const where = encodeURIComponent(JSON.stringify({region: 'North'}))
  const north = await request(
    `${path}/weekly.revenue-analytics/panels/revenue/data?from=2026-01-01&to=2026-01-01&where=${where}`,
    {key: acme},
  )
  expect(north.json).toMatchObject({
    first_day: '2026-01-01',
    last_day: '2026-01-01',
    rows: [['2026-01-01/2026-01-01', '5']],
  })
  workspace.write('sales.csv', rows.replace('North,5', 'North,6'))
  const all = await request(`${path}/weekly.revenue-analytics/panels/revenue/data`, {key: acme})
  expect(all.json.rows[0][1]).toBe('706')
  const csv = await request(revenue, {key: acme, headers: {Accept: 'text/csv'}})
  expect(csv.headers.get('content-type')).toBe('text/csv')
  expect(csv.text).toContain("Begins,'=1+1,North,Whole\r\n")

  for (const route of ['', '/panels/revenue/data', '/events']) {
    const answer = await request(`${path}/weekly.revenue-analytics${route}`, {key: globex})
    expect([route, answer.status, answer.json.code]).toEqual([route, 404, 'unknown_dashboard'])
  }
  const none = await request(`${path}/weekly.revenue-analytics/panels/nothing/data`, {key: acme})
  expect(none).toMatchObject({status: 404, json: {code: 'unknown_panel'}})
})

test('events of a dashboard: an id each, taken up after the last, ended with the reader', async () => {
  const {send, key, runtime} = await testApp()
  const acme = await key(['*'], {tenant: 'acme'})
  const body = {names: ['Security & Auth'], sample: true}
  await (await send(`${path}/build`, {key: acme, body})).text()
  const {liveDashboards} = await import('../../plugins/dashboard/src/live/live-dashboards.ts')
  const live = await liveDashboards(runtime)
  const listening = async (last?: string) => {
    const leaving = new AbortController()
    const headers = last === undefined ? {} : {'Last-Event-ID': last}
    const answer = await send(`${path}/security-auth/events`, {key: acme, headers, signal: leaving.signal})
    expect(answer.headers.get('content-type')).toBe('text/event-stream')
    return {reader: answer.body!.pipeThrough(new TextDecoderStream()).getReader(), leaving}
  }
  const first = await listening()
  const {value = ''} = await first.reader.read()
  const [, id, json] = /^id: (\d+)\nevent: change\ndata: (.*)\n\n$/.exec(value)!
  expect(JSON.parse(json!)).toMatchObject({version: Number(id), problem: null})
  const second = await listening(id)
  expect(live.size.streams).toBe(2)
  await first.reader.cancel()
  await expect.poll(() => live.size.streams).toBe(1)
  const told = second.reader.read()
  second.leaving.abort()
  // Nothing had changed since: the first that it hears is the end.
  expect(await told).toEqual({done: true, value: undefined})
  await expect.poll(() => live.size.streams).toBe(0)
})

test('what was built from files of somebody is shown to them, and by no server to others', async () => {
  const workspace = new Workspace()
  workspace.write('sales.csv', 'order_id,date,region,total\n1,2026-01-01,North,5\n')
  await workspace.json(['dashboard', 'build', 'Revenue Analytics', '--data', 'sales.csv'], 3)
  expect(await workspace.json(['dashboard', 'show', 'revenue-analytics'])).toMatchObject({
    live: true,
    data: {kind: 'files', source: workspace.path('sales.csv')},
  })
  const rows = await workspace.json<{rows: string[][]}>(['dashboard', 'panel-data', 'revenue-analytics', 'revenue'])
  expect(rows.rows[0]![1]).toBe('5')
  expect(await workspace.json(['dashboard', 'preview'])).toEqual({
    id: 'revenue-analytics',
    file: join(workspace.data, 'dashboards', 'default', 'revenue-analytics.html'),
    state: 'ready',
    opened: false,
  })
  const {request, key} = await testApp({workspace})
  const other = await key(['dashboard:read'])
  const shown = await request(`${path}/revenue-analytics`, {key: other})
  expect(shown.json).toMatchObject({live: false, data: {kind: 'files', source: null}})
  for (const route of ['/panels/revenue/data', '/events']) {
    const answer = await request(`${path}/revenue-analytics${route}`, {key: other})
    expect(answer).toMatchObject({status: 403, json: {code: 'foreign_files'}})
  }
})
