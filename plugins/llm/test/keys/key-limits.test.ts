import {invoke, type Context} from '@omni-ops/core/operation'
import {openStore} from '@omni-ops/core/store'
import {silentLog, TestClock} from '@omni-ops/core/testing'
import {expect, onTestFinished, test} from 'vitest'
import {keysCreate} from '../../src/operations/keys-create.ts'
import {keysRotate} from '@omni-ops/core/keys/operations'
import {budgetSet} from '../../src/operations/budget-set.ts'
import {keysList} from '../../src/operations/keys-list.ts'
import {keysRevoke} from '../../src/operations/keys-revoke.ts'
import {budgetList} from '../../src/operations/budget-list.ts'
import {Router} from '../../src/routing/router.ts'
import {eventsOf, question, registry, routing, textOf} from '../support/routing.ts'
import {answer, usageOf} from '../support/scripted-adapter.ts'

async function gateway() {
  const clock = new TestClock()
  const store = await openStore({
    url: 'sqlite::memory:',
    migrations: await registry.migrations(),
    clock,
    log: silentLog,
  })
  onTestFinished(() => store.close())
  const made = await routing({
    deployments: {a: {scripts: [answer('a', usageOf(10, 5))]}, b: {scripts: [answer('b')]}},
    groups: {main: {deployments: ['a']}, other: {deployments: ['b']}},
    store,
    clock,
  })
  const local: Context = made.context
  const withKey = (prefix: string): Router =>
    Router.over({...local, principal: {id: `key:${prefix}`, kind: 'key', scopes: ['llm:use']}}, made.engine)
  const ask = (prefix: string, target = 'main') =>
    withKey(prefix).complete({
      target,
      request: question,
      stream: true,
      signal: new AbortController().signal,
      purpose: 'test',
    })
  return {...made, local, ask}
}

test('a key asks what it may, and nothing else', async () => {
  const {local, ask} = await gateway()
  const {prefix, key} = await invoke(keysCreate, {name: 'editor', targets: ['main']}, local)
  expect(key).toContain(prefix)
  expect(await textOf(ask(prefix))).toBe('a')
  // The group is allowed by its name, and what is behind it is not by its own.
  for (const target of ['other', 'a', 'openai/model-a']) {
    await expect(eventsOf(ask(prefix, target))).rejects.toMatchObject({code: 'llm_target_not_allowed', httpStatus: 403})
  }
})

test('its requests and tokens of a minute are counted', async () => {
  const {local, ask, clock} = await gateway()
  const {prefix} = await invoke(keysCreate, {name: 'editor', rpm: 2}, local)
  await textOf(ask(prefix))
  clock.advance(20_000)
  await textOf(ask(prefix))
  await expect(eventsOf(ask(prefix))).rejects.toMatchObject({
    code: 'llm_key_rate_exceeded',
    httpStatus: 429,
    retryAfter: 40,
  })
  clock.advance(40_000)
  expect(await textOf(ask(prefix))).toBe('a')
  const thrifty = await invoke(keysCreate, {name: 'thrifty', tpm: 60}, local)
  await textOf(ask(thrifty.prefix))
  await textOf(ask(thrifty.prefix))
  await expect(eventsOf(ask(thrifty.prefix))).rejects.toMatchObject({code: 'llm_key_rate_exceeded'})
})

test('a key that is revoked is refused with the next call', async () => {
  const {local, ask} = await gateway()
  const {prefix} = await invoke(keysCreate, {name: 'editor'}, local)
  expect(await textOf(ask(prefix))).toBe('a')
  await invoke(keysRevoke, {key: 'editor'}, local)
  await expect(eventsOf(ask(prefix))).rejects.toMatchObject({code: 'llm_key_revoked', httpStatus: 401})
  expect((await invoke(keysList, {}, local)).keys).toMatchObject([{name: 'editor', status: 'revoked'}])
})

test('it has a budget of its own, made with it or not at all', async () => {
  const {local} = await gateway()
  const made = await invoke(keysCreate, {name: 'editor', budget: '20', window: 'day', rpm: 60}, local)
  expect((await invoke(budgetList, {}, local)).budgets).toMatchObject([
    {scope: 'key', of: made.prefix, window: 'day', limit_usd: '20.00', hard: true},
  ])
  await expect(invoke(keysCreate, {name: 'editor', budget: '5'}, local)).rejects.toMatchObject({code: 'key_exists'})
  expect((await invoke(budgetList, {}, local)).budgets).toHaveLength(1)
  expect((await invoke(keysList, {}, local)).keys).toHaveLength(1)
})

test('only a digest of it is in the database', async () => {
  const {local, store} = await gateway()
  const {key} = await invoke(keysCreate, {name: 'editor'}, local)
  const rows = await store
    .read<{omni_api_keys: Record<string, unknown>}>(local.tenant)
    .selectFrom('omni_api_keys')
    .selectAll()
    .execute()
  expect(JSON.stringify(rows)).not.toContain(key.split('_').at(-1))
})

test('a key that took the place of another has its limits and its budget, and no second one', async () => {
  const {local, ask, clock} = await gateway()
  const first = await invoke(keysCreate, {name: 'editor', targets: ['main'], rpm: 2, budget: '1'}, local)
  await textOf(ask(first.prefix))
  await invoke(budgetSet, {usd: '0.00000003', scope: 'key', of: 'editor'}, local)
  // A process that has read the budgets believes them for a second.
  clock.advance(1_500)
  const second = await invoke(keysRotate, {key: 'editor'}, local)
  clock.advance(1_000)
  const third = await invoke(keysRotate, {key: 'editor'}, local)
  await expect(eventsOf(ask(third.prefix, 'other'))).rejects.toMatchObject({code: 'llm_target_not_allowed'})
  await expect(eventsOf(ask(third.prefix))).rejects.toMatchObject({
    code: 'llm_budget_exceeded',
    details: {spent_nano_usd: '20'},
  })
  const {keys} = await invoke(keysList, {}, local)
  expect(keys).toMatchObject([first, second, third].map(({prefix}) => ({prefix, targets: ['main'], rpm: 2})))
  // A budget of the new one takes the place of the old one's, by whatever name.
  await invoke(budgetSet, {usd: '1', scope: 'key', of: 'editor'}, local)
  await invoke(budgetSet, {usd: '2', scope: 'key', of: third.prefix}, local)
  expect((await invoke(budgetList, {}, local)).budgets).toMatchObject([{of: first.prefix, limit_usd: '2.00'}])
  await expect(eventsOf(ask(second.prefix))).rejects.toMatchObject({code: 'llm_key_rate_exceeded'})
})

test('a budget of a key that is not there limits nothing, and is refused', async () => {
  const {local} = await gateway()
  await expect(invoke(budgetSet, {usd: '1', scope: 'key', of: 'editr'}, local)).rejects.toMatchObject({
    code: 'unknown_key',
  })
})
