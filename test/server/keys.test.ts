import {expect, test} from 'vitest'
import {generateKey, isIntactKey, keyDigest, keyPrefix} from '../../src/keys/api-key.ts'
import {systemClock, systemRandomness} from '../../src/operation/random.ts'
import {testApp} from '../support/app.ts'
import {Workspace} from '../support/workspace.ts'

test('a key is known by its checksum before anything is asked', () => {
  const random = systemRandomness(systemClock)
  for (let count = 0; count < 200; count += 1) {
    const {text, prefix, digest} = generateKey(random)
    expect([keyPrefix(text), isIntactKey(text), keyDigest(text).toString('hex')]).toEqual([prefix, true, digest])
    const at = 6 + (count % (text.length - 6))
    const typo = text.slice(0, at) + (text[at] === 'a' ? 'b' : 'a') + text.slice(at + 1)
    expect(isIntactKey(typo)).toBe(false)
  }
  expect(keyPrefix('')).toBeUndefined()
  expect(keyPrefix(`${generateKey(random).text}\n`)).toBeUndefined()
})

test('the life of a key on the command line', async () => {
  const workspace = new Workspace()
  const made = await workspace.omni(['keys', 'create', 'ci', '--scopes', 'rag:read', '--scopes', 'audit:read'])
  expect(made).toMatchObject({code: 0, stdout: expect.stringMatching(/^omni_[0-9a-z]{12}_[0-9A-Za-z]{49}\n$/)})
  const again = await workspace.json<{error: {code: string}}>(['keys', 'create', 'ci', '--scopes', 'rag:read'], 6)
  expect(again.error.code).toBe('key_exists')
  const unknown = await workspace.json<{error: {code: string}}>(['keys', 'create', 'x', '--scopes', 'rag:fly'], 2)
  expect(unknown.error.code).toBe('invalid_input')
  const rotated = await workspace.json(['keys', 'rotate', 'ci', '--overlap-hours', '1'])
  expect(rotated).toMatchObject({
    name: 'ci',
    scopes: ['rag:read', 'audit:read'],
    replaces: {prefix: made.stdout.slice(5, 17)},
  })
  const {items} = await workspace.json<{items: {status: string}[]}>(['keys', 'list'])
  expect(items.map(item => item.status)).toEqual(['active', 'active'])
  await workspace.json(['keys', 'revoke', 'ci', '--yes'])
  const shown = await workspace.json(['keys', 'show', String(rotated.prefix)])
  expect(shown).toMatchObject({status: 'revoked'})
  expect(JSON.stringify([items, shown])).not.toContain(made.stdout.trim().slice(18))
})

test('only keys that are whole, active and in time are let in', async () => {
  const app = await testApp()
  const good = await app.key(['keys:read', 'keys:write', 'rag:read'])
  const status = async (authorization: string) =>
    (await app.request('/api/v1/keys', {headers: {Authorization: authorization}})).status
  expect(await status(`Bearer ${good}`)).toBe(200)
  expect(await status(`bearer ${good}`)).toBe(200)
  for (const wrong of [good, `Basic ${good}`, `Bearer ${good}x`, `Bearer ${good.slice(0, -1)}`, 'Bearer', '']) {
    expect(await status(wrong)).toBe(401)
  }
  const stranger = generateKey(app.runtime.random).text
  expect(await status(`Bearer ${stranger}`)).toBe(401)
  const child = await app.request('/api/v1/keys', {
    key: good,
    body: {name: 'child', scopes: ['rag:read', 'keys:read'], expires_in_days: 1},
  })
  expect(child.status).toBe(200)
  expect(await status(`Bearer ${child.json.key}`)).toBe(200)
  await app.request(`/api/v1/keys/${child.json.prefix}/revoke`, {key: good, body: {}})
  expect(await status(`Bearer ${child.json.key}`)).toBe(401)
})

test('a key makes no key that may do more than itself', async () => {
  const app = await testApp()
  const key = await app.key(['keys:write', 'rag:*'], {tenant: 'acme'})
  const make = async (body: object) =>
    (await app.request('/api/v1/keys', {key, body: {name: `k${Math.floor(performance.now() * 1000)}`, ...body}})).json
  expect(await make({scopes: ['rag:read', 'rag:*']})).toMatchObject({tenant: 'acme', scopes: ['rag:read', 'rag:*']})
  for (const beyond of [
    {scopes: ['*']},
    {scopes: ['audit:read']},
    {scopes: ['keys:*']},
    {scopes: ['rag:read'], tenants: ['globex']},
    {scopes: ['rag:read'], groups: ['board']},
  ]) {
    expect(await make(beyond)).toMatchObject({code: 'key_beyond_rights', status: 403})
  }
})
