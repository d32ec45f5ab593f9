import {expect, onTestFinished, test} from 'vitest'
import {auditList} from '../../src/audit/operations/index.ts'
import {clientAddress} from '../../src/server/client-address.ts'
import {authenticateByKey} from '../../src/server/authenticate.ts'
import {Gate} from '../../src/server/gate.ts'
import {rateLimits} from '../../src/server/rate-limit.ts'
import {openStore} from '../../src/store/index.ts'
import {silentLog, TestClock} from '../../src/testing/index.ts'
import {missingPostgres, startPostgres} from '../../src/testing/postgres.ts'
import {generateKey, isIntactKey, keyPrefix} from '../../src/keys/api-key.ts'
import {KeyVerifier} from '../../src/keys/key-verifier.ts'
import {systemClock, systemRandomness} from '../../src/operation/random.ts'
import {type TestApp, type TestAppOptions, testApp} from '../support/app.ts'

/** The app behind its gate, as `omni serve` puts it together, with addresses from `X-Forwarded-For`. */
async function guarded(requestsPerMinute: number): Promise<TestApp> {
  let gate: Gate | undefined
  const options: TestAppOptions = {
    behindProxy: true,
    enter: credentials => gate!.enter(credentials),
    onRefusal: (request, error) =>
      gate!.record({
        error,
        identity: request.get('identity'),
        tenant: request.get('tenant'),
        address: clientAddress(request, true),
        route: request.get('route') ?? 'none',
        requestId: request.get('trace').requestId,
      }),
  }
  const app = await testApp(options)
  gate = new Gate({
    runtime: app.runtime,
    limits: await rateLimits(undefined, app.runtime.clock),
    requestsPerMinute,
    authenticate: authenticateByKey(new KeyVerifier(app.runtime)),
  })
  return app
}

const from = (address: string) => ({'X-Forwarded-For': `203.0.113.66, ${address}`})

test('a key that is made up around the public name of another is refused, also once that one is remembered', async () => {
  const app = await guarded(1000)
  const key = await app.key(['*'])
  const prefix = keyPrefix(key)!
  const random = systemRandomness(systemClock)
  // As its maker would have it: another secret, and the checksum of the whole.
  const named = Buffer.from([...prefix].map(digit => Number.parseInt(digit, 36)))
  const forged = generateKey({bytes: count => (count === prefix.length ? named : random.bytes(count))}).text
  expect([keyPrefix(forged), isIntactKey(forged), forged === key]).toEqual([prefix, true, false])
  const ask = async (text: string) => (await app.request('/api/v1/keys', {key: text})).status
  expect([await ask(forged), await ask(key), await ask(forged), await ask(key)]).toEqual([401, 200, 401, 200])
})

test('a key has so many requests in a minute, and every answer says how many are left', async () => {
  const app = await guarded(3)
  const key = await app.key(['*'])
  const answers = []
  for (let count = 0; count < 4; count += 1) answers.push(await app.request('/api/v1/keys', {key}))
  expect(answers.map(answer => answer.status)).toEqual([200, 200, 200, 429])
  expect(answers[0]?.headers.get('ratelimit-policy')).toBe('"key";q=3;w=60')
  expect(answers[0]?.headers.get('ratelimit')).toMatch(/^"key";r=2;t=\d+$/)
  expect(answers[3]?.json).toMatchObject({code: 'rate_limited'})
  expect(Number(answers[3]?.headers.get('retry-after'))).toBeGreaterThan(0)
  expect((await app.request('/api/v1/keys', {key: await app.key(['*'])})).status).toBe(200)
})

test('an address with many wrong keys is told to wait; a right one is let in from there all the same', async () => {
  const app = await guarded(1000)
  const key = await app.key(['*'])
  const attempt = async (address: string) =>
    (await app.request('/api/v1/keys', {key: 'omni_wrong', headers: from(address)})).status
  const statuses = []
  for (let count = 0; count < 12; count += 1) statuses.push(await attempt('198.51.100.7'))
  expect(statuses).toEqual([...Array<number>(10).fill(401), 429, 429])
  expect(await attempt('198.51.100.8')).toBe(401)
  expect((await app.request('/api/v1/keys', {key, headers: from('198.51.100.7')})).status).toBe(200)
  for (let count = 0; count < 10; count += 1) await attempt(`2001:db8:0:1::${count}`)
  expect(await attempt('2001:db8:0:1:ffff::1')).toBe(429)
  expect(await attempt('2001:db8:0:2::1')).toBe(401)
})

test('every refusal is on record, where it came from, and without the key', async () => {
  const app = await guarded(1000)
  const key = await app.key(['rag:read'], {tenant: 'acme'})
  const wrong = `${key.slice(0, -1)}_`
  await app.request('/api/v1/rag/collections', {key: wrong, headers: {...from('198.51.100.7'), 'X-Request-ID': 'r-1'}})
  await app.request('/api/v1/keys', {key, headers: from('2001:db8:1:2::3')})
  await app.request('/api/v1/rag/collections', {key, headers: {...from('x'), 'X-Tenant-ID': 'globex'}})
  const anonymous = await app.workspace.call(auditList, {action: 'access.refused'})
  expect(anonymous.items).toMatchObject([
    {
      principal: 'anonymous',
      resource: 'route:rag.collections',
      details: {code: 'unauthenticated', request_id: 'r-1', network: '198.51.100.0/24'},
    },
  ])
  const known = await app.workspace.call(auditList, {action: 'access.refused'}, 'acme')
  expect(known.items).toMatchObject([
    {principal: `key:${key.slice(5, 17)}`, details: {code: 'tenant_denied', network: 'unknown'}},
    {resource: 'route:keys.list', details: {code: 'denied', network: '2001:db8:1::/48'}},
  ])
  expect(JSON.stringify([anonymous, known])).not.toContain(key.slice(18))
})

const missing = missingPostgres()
if (missing) process.stderr.write(`skipped: servers count together (${missing})\n`)

test.skipIf(missing !== undefined)('servers on one PostgreSQL count together', async () => {
  const postgres = await startPostgres()
  onTestFinished(() => postgres.stop())
  const url = await postgres.emptyDatabase()
  const store = await openStore({url, migrations: [], clock: new TestClock(), log: silentLog})
  await store.close()
  const policy = {name: 'key', points: 3, window: 60}
  const servers = [await rateLimits(url, systemClock), await rateLimits(url, systemClock)]
  const [first, second] = servers.map(server => server.limit(policy))
  const states = [await first!.use('a'), await second!.use('a'), await first!.use('a'), await second!.use('a')]
  expect(states.map(({remaining, exceeded}) => [remaining, exceeded])).toEqual([
    [2, false],
    [1, false],
    [0, false],
    [0, true],
  ])
  expect((await second!.use('b')).remaining).toBe(2)
  for (const server of servers) await server.close()
})
