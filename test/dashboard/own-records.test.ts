import {expect, test} from 'vitest'
import type {LedgerTables} from '../../plugins/llm/src/ledger/tables.ts'
import {openReported, reportedTables} from '../../plugins/dashboard/src/data/load-reported.ts'
import {definePlugin, Registry} from '../../src/operation/index.ts'
import {testApp, type TestApp} from '../support/app.ts'
import {registry} from '../support/workspace.ts'

const path = '/api/v1/dashboards'

/** Calls of a tenant, one a day, each at this price in 10⁻⁹ dollars. */
async function record({runtime}: TestApp, tenant: string, model: string, nano: bigint): Promise<void> {
  const context = runtime.context({
    tenant,
    principal: {id: 'person@example.com', kind: 'user', scopes: '*'},
    operation: 'test.write',
    signal: new AbortController().signal,
    emit: () => {},
  })
  const store = await runtime.store()
  await store.unit(context, {audit: false}, async unit => {
    for (let day = 1; day <= 9; day++) {
      await unit
        .database<LedgerTables>()
        .insertInto('llm_requests')
        .values({
          id: `${tenant}-${day}`,
          at: `2026-06-0${day}T10:00:00.000Z`,
          purpose: 'rag.query',
          principal: `person${day % 2}@example.com`,
          key: null,
          target: 'main',
          deployment: null,
          provider: 'openai',
          model,
          outcome: day === 9 ? 'failed' : 'answered',
          error: null,
          attempts: 1,
          input_tokens: 100,
          cache_read_tokens: null,
          cache_write_tokens: null,
          output_tokens: 10,
          reasoning_tokens: null,
          estimated: false,
          cost_nano_usd: nano,
          duration_ms: 100 * day,
          first_content_ms: null,
          overhead_ms: 1,
        })
        .execute()
    }
  })
}

test('what models cost a tenant is a dashboard of its own, for whoever may see it and nobody else', async () => {
  const app = await testApp()
  await record(app, 'acme', 'model-of-acme', 250_000_000n)
  await record(app, 'globex', 'model-of-globex', 7_000_000_000n)
  const body = {names: ['AI Performance'], save_to_disk: false}
  const acme = await app.key(['dashboard:write', 'llm:read'], {tenant: 'acme'})
  const [page] = (await app.request(`${path}/build`, {key: acme, body})).json.dashboards
  expect(page).toMatchObject({title: 'AI Performance', status: 'built', first_day: '2026-05-11'})
  expect(page.html).toContain('model-of-acme')
  expect(page.html).toMatch(/2\.25/)
  expect(page.html).not.toMatch(/globex|63\.00|example\.com/)
  const named = await app.request(`${path}/build`, {
    key: acme,
    body: {...body, source: 'omni', where: {model: 'model-of-globex'}},
  })
  expect(named.json.dashboards[0].html).not.toMatch(/63\.00|7\.00/)

  const other = await app.key(['dashboard:write'], {tenant: 'acme'})
  expect(await app.request(`${path}/build`, {key: other, body})).toMatchObject({
    status: 503,
    json: {code: 'no_data_source'},
  })
  const revenue = {...body, names: ['Revenue Analytics']}
  expect(await app.request(`${path}/build`, {key: acme, body: revenue})).toMatchObject({status: 503})
})

test('callers are told apart, and not told', async () => {
  const app = await testApp()
  await record(app, 'acme', 'm', 1n)
  const context = app.runtime.context({
    tenant: 'acme',
    principal: {id: 'p', kind: 'local', scopes: '*'},
    operation: 'test.read',
    signal: new AbortController().signal,
    emit: () => {},
  })
  const tables = await reportedTables(context)
  const callers = async () => {
    await using session = await openReported(tables, context)
    const rows = await session.query(
      'SELECT DISTINCT caller, max(cost_usd) AS cost FROM model_requests GROUP BY caller ORDER BY caller',
    )
    expect(rows.map(({cost}) => cost)).toEqual(['0.000000001', '0.000000001'])
    return rows.map(({caller}) => String(caller))
  }
  const [first, again] = [await callers(), await callers()]
  expect(first.every(caller => /^[0-9a-f]{32}$/.test(caller))).toBe(true)
  expect(first.filter(caller => again.includes(caller))).toEqual([])
})

test('a plugin that would report what is personal is refused', async () => {
  const app = await testApp()
  const [table] = await registry.reportedTables()
  const open = {...table!, name: 'open_requests', columns: {who: {of: 'principal', as: 'text'}} as const}
  const careless = definePlugin({
    name: 'careless',
    summary: 'For this test',
    operations: async () => [],
    reportedTables: async () => [open],
  })
  const context = app.runtime.context({
    tenant: 'acme',
    principal: {id: 'p', kind: 'local', scopes: '*'},
    operation: 'test.read',
    signal: new AbortController().signal,
    emit: () => {},
  })
  const all = new Registry([...registry.plugins, careless])
  await expect(openReported(await all.reportedTables(), {...context, registry: all})).rejects.toThrow(
    'llm_requests.principal is personal',
  )
})
