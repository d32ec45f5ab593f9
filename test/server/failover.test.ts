import {setTimeout as delay} from 'node:timers/promises'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {auditVerify} from '../../src/audit/operations/index.ts'
import {missingPostgres, startPostgres, type TestPostgres} from '../../src/testing/postgres.ts'
import {makeKey, type ServerProcess, startServer} from '../support/server-process.ts'
import {Workspace} from '../support/workspace.ts'

const missing = missingPostgres()
if (missing) process.stderr.write(`skipped: two servers on one PostgreSQL (${missing})\n`)

/** A client as one behind a balancer: asks one server, and the other when that does not answer, with the same key. */
class Balanced {
  readonly #servers: readonly ServerProcess[]
  readonly #headers: Readonly<Record<string, string>>
  #turn = 0

  constructor(servers: readonly ServerProcess[], key: string) {
    this.#servers = servers
    this.#headers = {Authorization: `Bearer ${key}`, 'Content-Type': 'application/json'}
  }

  async send(path: string, options: {body?: object; headers?: Record<string, string>} = {}) {
    const {body, headers} = options
    this.#turn += 1
    for (let attempt = this.#turn; ; attempt += 1) {
      const {url} = this.#servers[attempt % this.#servers.length]!
      try {
        const response = await fetch(url + path, {
          method: body ? 'POST' : 'GET',
          headers: {...this.#headers, ...headers},
          ...(body ? {body: JSON.stringify(body)} : {}),
        })
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

  test('one is killed under load: no write is lost, none is done twice, jobs go on at the other', async () => {
    const workspace = new Workspace({env: {OMNI_DATABASE_URL: await postgres.emptyDatabase()}})
    const key = await makeKey(workspace, 'load', '*')
    const [first, second] = await Promise.all([startServer(workspace), startServer(workspace)])
    const client = new Balanced([first, second], key)
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
  }, 180_000)
})
