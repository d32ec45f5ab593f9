import {setTimeout as delay} from 'node:timers/promises'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {auditVerify} from '../../src/audit/operations/index.ts'
import {missingPostgres, startPostgres, type TestPostgres} from '../../src/testing/postgres.ts'
import {missingHaproxy, startHaproxy} from '../support/haproxy.ts'
import {makeKey, type ServerProcess, startServer} from '../support/server-process.ts'
import {Workspace} from '../support/workspace.ts'

const missing = missingPostgres()
const missingProxy = missingHaproxy()
if (missingProxy) process.stderr.write(`skipped: two servers behind HAProxy (${missingProxy})\n`)
if (missing) process.stderr.write(`skipped: two servers on one PostgreSQL (${missing})\n`)

/** A client that asks again, with the same key, when there is no answer: the other server, or the balancer again. */
class Persistent {
  readonly #urls: readonly string[]
  readonly #headers: Readonly<Record<string, string>>
  #turn = 0

  constructor(urls: readonly string[], key: string) {
    this.#urls = urls
    this.#headers = {Authorization: `Bearer ${key}`, 'Content-Type': 'application/json'}
  }

  async send(path: string, options: {body?: object; headers?: Record<string, string>} = {}) {
    const {body, headers} = options
    this.#turn += 1
    for (let attempt = this.#turn; ; attempt += 1) {
      const url = this.#urls[attempt % this.#urls.length]!
      try {
        const response = await fetch(url + path, {
          method: body ? 'POST' : 'GET',
          headers: {...this.#headers, ...headers},
          ...(body ? {body: JSON.stringify(body)} : {}),
        })
        // A balancer's own answer where its server did not give one.
        if (response.status >= 502 && response.headers.get('omni-version') === null) continue
        const json = (await response.json()) as Record<string, never>
        // What the dead server had begun is still held by it for a while.
        if (response.status === 409 && json.code === 'request_running') await delay(500)
        else return {status: response.status, json}
      } catch {
        // Refused or cut off: the other one.
      }
    }
  }
}

describe.skipIf(missing !== undefined)('two servers on one PostgreSQL', () => {
  let postgres: TestPostgres
  beforeAll(async () => {
    postgres = await startPostgres()
  })
  afterAll(async () => {
    await postgres?.stop()
  })

  const proxied = async (servers: readonly ServerProcess[]) => startHaproxy(servers.map(({url}) => url))

  test.each([
    ['asked by a client that knows both', false],
    ['behind HAProxy', true],
  ])(
    '%s, one is killed under load: no write is lost, none is done twice, jobs go on at the other',
    async (_, behind) => {
      if (behind && missingProxy) return
      const workspace = new Workspace({env: {OMNI_DATABASE_URL: await postgres.emptyDatabase()}})
      const key = await makeKey(workspace, 'load', '*')
      const [first, second] = await Promise.all([startServer(workspace), startServer(workspace)])
      const proxy = behind ? await proxied([first, second]) : undefined
      const client = new Persistent(proxy ? [proxy.url] : [first.url, second.url], key)
      await client.send('/api/v1/privacy/budgets', {body: {name: 'load', epsilon: '1000'}})

      const jobs = await Promise.all(
        Array.from({length: 4}, async (_, index) => {
          const documents = Array.from({length: 40}, (_each, at) => ({
            source: `job-${index}-${at}`,
            content: `Document ${at} of job ${index}. `.repeat(40),
          }))
          const headers = {Prefer: 'respond-async', 'Idempotency-Key': `job-${index}`}
          const body = {collection: `jobs-${index}`, documents}
          return String((await client.send('/api/v1/rag/ingest', {headers, body})).json.id)
        }),
      )
      let answered = 0
      const writes = Array.from({length: 60}, async (_, index) => {
        const headers = {'Idempotency-Key': `debit-${index}`}
        const body = {budget: 'load', question: {kind: 'count'}, epsilon: '0.5', person: 'id'}
        const answer = await client.send('/api/v1/privacy/budgets/debit', {headers, body})
        answered += 1
        if (answered === 15) first.child.kill('SIGKILL')
        return answer
      })
      const answers = await Promise.all(writes)
      await first.finished
      if (proxy) await expect.poll(() => proxy.stateOf(0), {timeout: 10_000}).toBe('DOWN')
      if (proxy) expect(await proxy.stateOf(1)).toBe('UP')

      const done = answers.filter(answer => answer.status === 200)
      const interrupted = answers.filter(answer => answer.status === 409)
      expect(answers.map(answer => answer.status).filter(status => status !== 200 && status !== 409)).toEqual([])
      // An interrupted one is done, and says that nobody could tell its caller so: it is not done again.
      for (const {json} of interrupted) expect(json.code).toBe('request_interrupted')
      const {budgets} = (await client.send('/api/v1/privacy/budgets')).json as never as {
        budgets: {name: string; releases: number}[]
      }
      expect(budgets.find(budget => budget.name === 'load')?.releases).toBe(done.length + interrupted.length)
      expect(new Set(done.map(answer => answer.json.release_id)).size).toBe(done.length)

      for (const id of jobs) {
        let job = (await client.send(`/api/v1/jobs/${id}`)).json as Record<string, unknown>
        while (job.finished_at === null) {
          await delay(200)
          job = (await client.send(`/api/v1/jobs/${id}`)).json
        }
        expect(job).toMatchObject({status: 'done'})
      }
      for (let index = 0; index < 4; index += 1) {
        const {json} = await client.send(`/api/v1/rag/status?collection=jobs-${index}`)
        expect(json).toMatchObject({documents: 40, pending: 0})
      }
      expect(await workspace.call(auditVerify, {})).toMatchObject({ok: true})
    },
    180_000,
  )

  test.skipIf(missingProxy !== undefined)(
    'behind HAProxy, one is told to end under load: no request is lost',
    async () => {
      const env = {OMNI_DATABASE_URL: await postgres.emptyDatabase(), OMNI_SERVER_DRAIN_DELAY_SECONDS: '2'}
      const workspace = new Workspace({env})
      const key = await makeKey(workspace, 'load', '*')
      const servers = await Promise.all([startServer(workspace), startServer(workspace)])
      const proxy = await proxied(servers)
      await expect.poll(() => proxy.stateOf(1), {timeout: 10_000}).toBe('UP')
      const headers = {Authorization: `Bearer ${key}`, 'Content-Type': 'application/json'}
      const ended = new AbortController()
      const answers = new Map<string, number>()
      // Each asks once and never again: whatever is lost is seen.
      const load = Array.from({length: 8}, async (_, index) => {
        for (let count = 0; !ended.signal.aborted; count += 1) {
          const body = JSON.stringify({name: `budget-${index}-${count}`, epsilon: '1'})
          const response = await fetch(
            `${proxy.url}/api/v1/${count % 2 === 0 ? 'whoami' : 'privacy/budgets'}`,
            count % 2 === 0 ? {headers} : {method: 'POST', headers, body},
          ).catch((error: unknown) => String(error))
          const outcome = typeof response === 'string' ? response : String(response.status)
          if (typeof response !== 'string') await response.text()
          answers.set(outcome, (answers.get(outcome) ?? 0) + 1)
        }
      })
      await expect.poll(() => answers.get('200') ?? 0, {timeout: 20_000}).toBeGreaterThan(50)
      const [first] = servers as [ServerProcess, ServerProcess]
      first.child.kill('SIGTERM')
      expect((await first.finished).code).toBe(0)
      expect(await proxy.stateOf(0)).toBe('DOWN')
      const before = answers.get('200') ?? 0
      await expect.poll(() => answers.get('200') ?? 0, {timeout: 20_000}).toBeGreaterThan(before + 50)
      ended.abort()
      await Promise.all(load)
      expect([...answers.keys()]).toEqual(['200'])
    },
    90_000,
  )
})
