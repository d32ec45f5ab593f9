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
