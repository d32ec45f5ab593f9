import {brotliCompressSync, deflateSync, gzipSync, zstdCompressSync} from 'node:zlib'
import {describe, expect, test} from 'vitest'
import {knownScopes} from '../../src/keys/key-ring.ts'
import type {Operation} from '../../src/operation/index.ts'
import {type Answer, type AppRequest, type TestApp, testApp} from '../support/app.ts'
import {registry} from '../support/workspace.ts'

const offered = (await registry.operations()).filter(operation => operation.http !== undefined)

const marker = 'zelena-lisica-7731'
const documents = [{source: `${marker}.txt`, content: `The code word is ${marker}.`, metadata: {word: marker}}]
const table = {
  columns: ['age', 'zip'],
  rows: [
    ['30', '1000'],
    ['30', '1000'],
  ],
}
const question = {question: {kind: 'count'}, epsilon: '0.1', person: 'age'}

/** An input that each operation accepts, names of another tenant's things included. */
const inputs: Readonly<Record<string, object>> = {
  'rag.ingest': {documents: [{content: 'Nothing to see.'}]},
  'rag.compare': {documents: [{source: `${marker}.txt`, content_hash: '0'.repeat(64), fingerprint: ''}]},
  'rag.search': {query: 'code word'},
  'rag.query': {query: 'what is the code word?'},
  'rag.measure': {questions: [{id: '1', question: 'what is the code word?'}]},
  'rag.weigh': {questions: [{id: '1', question: 'code word'}]},
  'rag.draft': {passage: marker},
  'rag.show': {source: `${marker}.txt`},
  'rag.remove': {sources: [`${marker}.txt`]},
  'rag.remove-tenant': {tenant_id: 'acme'},
  'rag.hold': {sources: [`${marker}.txt`], reason: 'a matter'},
  'rag.release': {sources: [`${marker}.txt`]},
  'rag.retain': {sources: [`${marker}.txt`], until: 'P1D'},
  'rag.chat': {message: 'what is the code word?'},
  'rag.forget': {conversation: marker},
  'rag.migrate': {collection: marker, from: 'lancedb', to: 'pgvector'},
  'privacy.scan': {text: 'x'},
  'privacy.mask': {text: 'x'},
  'privacy.unmask': {text: 'x', map: 'x'},
  'privacy.pseudonymize': {values: ['x']},
  'privacy.tokenize': {values: ['x']},
  'privacy.detokenize': {tokens: ['tok_x'], reason: 'a test'},
  'privacy.k-anonymize': {...table, quasi_identifiers: [{name: 'age', hierarchy: {kind: 'suppression'}}], k: 2},
  'privacy.risk': {...table, quasi_identifiers: ['age']},
  'privacy.dp': {...table, ...question, budget: marker},
  'privacy.budget.create': {name: 'own', epsilon: '1'},
  'privacy.budget.debit': {...question, budget: marker},
  'gdpr.access': {email: 'ana@example.com'},
  'gdpr.portability': {email: 'ana@example.com'},
  'gdpr.erase': {email: 'ana@example.com'},
  'gdpr.rectify': {email: 'ana@example.com', corrections: {name: 'Ana'}},
  'gdpr.restrict': {email: 'ana@example.com'},
  'gdpr.object': {email: 'ana@example.com'},
  'gdpr.request.open': {right: 'access', email: 'ana@example.com'},
  'gdpr.request.show': {request: marker},
  'gdpr.request.items': {request: marker},
  'gdpr.request.verify': {request: marker, method: 'document'},
  'gdpr.request.run': {request: marker},
  'gdpr.request.decide': {request: marker, decision: 'include'},
  'gdpr.request.approve': {request: marker},
  'gdpr.request.confirm': {request: marker},
  'gdpr.request.extend': {request: marker, reason: 'Three archives have to be read'},
  'gdpr.request.refuse': {request: marker, exception: 'not_identified'},
  'gdpr.request.close': {request: marker},
  'gdpr.request.deliver': {request: marker, archive_sha256: '0'.repeat(64)},
  'gdpr.request.letter': {request: marker},
  'gdpr.request.receipt': {request: marker},
  'gdpr.request.check-receipt': {receipt: '{}'},
  'gdpr.limit.lift': {request: marker},
  'gdpr.suppression.check': {email: 'ana@example.com'},
  'gdpr.suppression.lift': {email: 'ana@example.com', reason: 'a test'},
  'gdpr.hold.place': {matter: 'a matter', email: 'ana@example.com'},
  'gdpr.hold.release': {hold: marker},
  'gdpr.recipients.set': {recipient: 'own', name: 'Own'},
  'gdpr.recipients.remove': {recipient: marker},
  'gdpr.recipients.record': {recipient: marker, email: 'ana@example.com', purpose: 'a test'},
  'gdpr.notice.letter': {notice: marker},
  'gdpr.notice.settle': {notice: marker},
  'ccpa.know': {email: 'ana@example.com'},
  'ccpa.delete': {email: 'ana@example.com'},
  'ccpa.correct': {email: 'ana@example.com', corrections: {name: 'Ana'}},
  'ccpa.opt-out': {email: 'ana@example.com'},
  'ccpa.limit': {email: 'ana@example.com'},
  'gdpr.verify': {email: 'a@b.si'},
  ...Object.fromEntries(
    offered.flatMap(({id, input, example}) => ('register' in input.shape ? [[id, example as object]] : [])),
  ),
  'gdpr.consent.give': {user: `${marker}@example.com`, purpose: 'own'},
  'gdpr.consent.withdraw': {user: `${marker}@example.com`},
  'gdpr.consent.check': {user: `${marker}@example.com`, purpose: 'own'},
  'gdpr.consent.list': {user: `${marker}@example.com`},
  'gdpr.consent.wording.add': {purpose: 'own', text: 'x'},
  'gdpr.deadline': {right: 'access'},
  'zvop.log': {purpose: 'inspection', subject: marker},
  'zvop.log.add': {action: 'consultation', system: 'own'},
  'zvop.deceased': {died: '2020-01-01', requester: 'child'},
  'llm.ask': {prompt: 'x'},
  'llm.chat': {message: 'x'},
  'llm.forget': {conversation: marker},
  'llm.conversations.show': {conversation: marker},
  'llm.compare': {prompt: 'x', models: ['x']},
  'llm.budget.set': {usd: '1'},
  'llm.budget.remove': {id: marker},
  'llm.keys.create': {name: 'own', scopes: ['llm:admin']},
  'llm.keys.revoke': {key: marker},
  'vision.ocr': {files: [{data: 'iVBORw0KGgo='}]},
  'vision.describe': {files: [{data: 'iVBORw0KGgo='}]},
  'audio.transcribe': {audio: {data: 'AAAA'}},
  'audio.speak': {text: 'x'},
  'image.edit': {prompt: 'x', pictures: [{data: 'AAAA'}]},
  'image.vary': {picture: {data: 'AAAA'}},
  'image.prompt': {idea: 'x'},
  'image.forget-prompt': {name: marker},
  'dashboard.build': {names: ['Revenue Analytics'], sample: true, save_to_disk: false},
  'dashboard.build-one': {name: 'Revenue Analytics', sample: true, save_to_disk: false},
  'dashboard.export': {page: marker},
  'dashboard.schedule.add': {id: 'own', cron: '0 2 * * 1', sample: true},
  'dashboard.schedule.remove': {id: marker},
  'dashboard.show': {id: marker},
  'dashboard.panel-data': {id: marker, panel: 'revenue'},
  'keys.create': {name: 'own', scopes: ['keys:write']},
  'keys.show': {key: marker},
  'keys.rotate': {key: marker},
  'keys.revoke': {key: marker},
  'webhooks.add': {url: 'https://9.9.9.9/', events: ['webhook.disabled']},
  'webhooks.show': {endpoint: marker},
  'webhooks.update': {endpoint: marker, status: 'disabled'},
  'webhooks.remove': {endpoint: marker},
  'webhooks.test': {endpoint: marker},
  'webhooks.deliveries': {endpoint: marker},
  'webhooks.replay': {endpoint: marker},
  'webhooks.rotate-secret': {endpoint: marker},
  'jobs.show': {id: marker},
  'jobs.cancel': {id: marker},
}

/** Calls an operation over its route, as a client would that knows it from the registry. */
async function call(app: TestApp, operation: Operation, request: AppRequest, more: object = {}): Promise<Answer> {
  const input: Record<string, unknown> = {...inputs[operation.id], ...more}
  const path = operation.http!.path.replaceAll(/\{([a-z_]+)\}/g, (_, name: string) => {
    const value = String(input[name])
    delete input[name]
    return encodeURIComponent(value)
  })
  const {method} = operation.http!
  if (method === 'GET' || method === 'DELETE') {
    const query = new URLSearchParams(
      Object.entries(input).map(([name, value]): [string, string] => [name, String(value)]),
    )
    return app.request(`${path}?${query}`, {...request, method})
  }
  return app.request(path, {...request, method, body: input})
}

test('every operation with required fields has an input here', () => {
  const without = offered.filter(
    operation => inputs[operation.id] === undefined && !operation.input.safeParse({}).success,
  )
  expect(without.map(operation => operation.id)).toEqual([])
})

test('no operation that is served takes the path of a file on the server', () => {
  const suspicious = offered.flatMap(operation =>
    Object.keys(operation.input.shape)
      .filter(name => /(^|_)(paths?|files?|dir|directory|directories|folder)$/.test(name))
      // What is uploaded is content, and no path.
      .filter(name => name !== operation.http!.files)
      .map(name => `${operation.id} ${name}`),
  )
  // A path below the tenant's dashboards alone; plugins/dashboard/test/page.test.ts tries to leave it.
  expect(suspicious).toEqual(
    ['dashboard.build', 'dashboard.build-one', 'dashboard.schedule.add'].map(id => `${id} output_dir`),
  )
})

test("a tenant's key reads and changes nothing of another, in any operation", async () => {
  const app = await testApp()
  const owner = await app.key(['*'], {tenant: 'globex'})
  const intruder = await app.key(['*'], {tenant: 'acme'})
  await app.request('/api/v1/rag/ingest', {key: owner, body: {documents}})
  await app.request('/api/v1/rag/ingest', {key: owner, body: {documents, collection: marker}})
  await app.request('/api/v1/keys', {key: owner, body: {name: marker, scopes: ['rag:read']}})
  const webhook = {url: `https://9.9.9.9/${marker}`, name: marker, events: ['*']}
  await app.request('/api/v1/webhooks', {key: owner, body: webhook})
  await app.request('/api/v1/privacy/budgets', {key: owner, body: {name: marker, epsilon: '1'}})
  await app.request('/api/v1/gdpr/recipients/own', {key: owner, method: 'PUT', body: {name: marker}})
  await app.request('/api/v1/gdpr/holds', {key: owner, body: {matter: marker, email: `${marker}@example.com`}})
  const asked = {right: 'access', email: `${marker}@example.com`}
  await app.request('/api/v1/gdpr/requests', {key: owner, body: asked})
  await app.request('/api/v1/gdpr/consent/wordings', {key: owner, body: {purpose: 'own', text: marker}})
  await app.request('/api/v1/gdpr/consent', {key: owner, body: {user: `${marker}@example.com`, purpose: 'own'}})
  await app.request('/api/v1/zvop/log', {key: owner, body: {action: 'change', system: 'own', details: marker}})
  const headers = {Prefer: 'respond-async', 'Idempotency-Key': marker}
  const job = await app.request('/api/v1/rag/optimize', {key: owner, headers, body: {}})
  const entriesOf = async () => (await app.request('/api/v1/audit/entries?limit=1000', {key: owner})).json.items.length
  const before = await entriesOf()

  for (const operation of offered) {
    const more = operation.id.startsWith('jobs.') && inputs[operation.id] ? {id: job.json.id} : {}
    const plain = await call(app, operation, {key: intruder}, more)
    const echoed = JSON.stringify([inputs[operation.id], more])
    if (!echoed.includes(marker)) expect(plain.text, operation.id).not.toContain(marker)
    else expect(plain.text.replaceAll(`${marker}.txt`, ''), operation.id).not.toContain(`code word is ${marker}`)
    expect(plain.text, operation.id).not.toContain('globex')
    const header = await call(app, operation, {key: intruder, headers: {'X-Tenant-ID': 'globex'}}, more)
    expect([operation.id, header.status]).toEqual([operation.id, operation.id === 'rag.remove-tenant' ? 422 : 403])
    const named = await call(app, operation, {key: intruder}, {...more, tenant_id: 'globex'})
    expect([operation.id, named.status, named.json.code]).toEqual([operation.id, 403, 'tenant_denied'])
  }
  expect(await entriesOf()).toBe(before)
  const found = await app.request('/api/v1/rag/search', {key: owner, body: {query: 'code word'}})
  expect(found.json.results[0].text).toContain(marker)
})

describe('scopes', () => {
  test('each operation asks for its own, and for nothing else', async () => {
    const app = await testApp()
    const all = (await knownScopes(registry)).filter(scope => !scope.endsWith('*'))
    for (const operation of offered.filter(each => each.scopes.length > 0)) {
      const without = await app.key(
        all.filter(scope => !operation.scopes.includes(scope)),
        {tenant: 'acme'},
      )
      const refused = await call(app, operation, {key: without})
      expect([operation.id, refused.status, refused.json.code]).toEqual([operation.id, 403, 'denied'])
      const exactly = await app.key(operation.scopes, {tenant: 'acme'})
      const answered = await call(app, operation, {key: exactly})
      expect([401, 403, 500], operation.id).not.toContain(answered.status)
    }
  })

  test('without a key nothing answers', async () => {
    const app = await testApp()
    for (const operation of offered) {
      expect([operation.id, (await call(app, operation, {})).status]).toEqual([operation.id, 401])
    }
    expect((await app.request('/api/v1/jobs/x/events')).status).toBe(401)
  })
})

describe('a body', () => {
  const path = '/api/v1/rag/search'

  /** Sends bytes. */
  async function sent(app: TestApp, body: Buffer, headers: Record<string, string>) {
    const key = await app.key(['*'])
    const response = await app.app.request(path, {
      method: 'POST',
      body: new Uint8Array(body),
      headers: {'Content-Type': 'application/json', Authorization: `Bearer ${key}`, ...headers},
    })
    const json = JSON.parse(await response.text()) as {code: string; detail: string}
    return {status: response.status, headers: response.headers, json}
  }

  test.each([
    ['that is no JSON', '{"query":', 400, 'malformed_body'],
    ['that is no object', '[]', 400, 'malformed_body'],
    ['nested too deep', `{"query":${'['.repeat(100)}${']'.repeat(100)}}`, 400, 'malformed_body'],
    ['nested beyond any stack', `{"query":${'{"a":'.repeat(200_000)}1${'}'.repeat(200_000)}}`, 400, 'malformed_body'],
    ['with __proto__', '{"query":"x","__proto__":{"admin":true}}', 400, 'malformed_body'],
    ['with __proto__ inside', '{"query":"x","filter_metadata":{"__proto__":"y"}}', 400, 'malformed_body'],
    ['with __proto__ in disguise', '{"query":"x","filter_metadata":{"\\u005f_proto__":"y"}}', 400, 'malformed_body'],
    ['with a field that is none', '{"query":"x","constructor":{}}', 422, 'invalid_input'],
    ['with a collection that leads elsewhere', '{"query":"x","collection":"../../etc"}', 422, 'invalid_input'],
  ])('%s is refused', async (_name, body, status, code) => {
    const app = await testApp()
    const answer = await app.request(path, {key: await app.key(['*']), body})
    expect(answer).toMatchObject({status, json: {code}})
    expect(({} as {admin?: boolean}).admin).toBeUndefined()
  })

  test('brackets in a text are no depth', async () => {
    const app = await testApp()
    const answer = await app.request(path, {key: await app.key(['*']), body: {query: `"\\${'[{'.repeat(500)}`}})
    expect(answer.json.code).not.toBe('malformed_body')
  })

  test('of another type is refused, so that no form of a foreign page can send it', async () => {
    const app = await testApp()
    const headers = {'Content-Type': 'text/plain'}
    const answer = await app.request(path, {key: await app.key(['*']), headers, body: '{"query":"x"}'})
    expect(answer).toMatchObject({status: 415, json: {code: 'unsupported_media_type'}})
  })

  test('above the limit is refused, announced or not', async () => {
    const app = await testApp({bodyLimit: 1000})
    const key = await app.key(['*'])
    const body = JSON.stringify({query: 'x'.repeat(2000)})
    const announced = await app.request(path, {key, headers: {'Content-Length': String(body.length)}, body})
    expect(announced).toMatchObject({status: 413, json: {code: 'body_too_large', details: {limit: 1000}}})
    expect(await app.request(path, {key, body})).toMatchObject({status: 413})
    expect((await app.request(path, {key, body: {query: 'x'}})).status).not.toBe(413)
  })

  test.each([
    ['gzip', gzipSync],
    ['x-gzip', gzipSync],
    ['deflate', deflateSync],
    ['BR', brotliCompressSync],
    ['zstd', zstdCompressSync],
    ['identity', body => body],
  ] as [string, (body: Buffer) => Buffer][])('compressed as %s is read', async (coding, compress) => {
    const app = await testApp()
    const body = compress(Buffer.from('{"query":"ž","colour":"red"}'))
    const answer = await sent(app, body, {'Content-Encoding': coding})
    expect(answer).toMatchObject({status: 422, json: {detail: expect.stringContaining('colour')}})
  })

  test.each([
    ['in a way that is not known', 'compress', 415, 'unsupported_content_coding'],
    ['twice', 'gzip, gzip', 415, 'unsupported_content_coding'],
    ['by its own account alone', 'gzip', 400, 'broken_content_coding'],
    ['by its own account alone', 'br', 400, 'broken_content_coding'],
    ['by its own account alone', 'zstd', 400, 'broken_content_coding'],
  ])('compressed %s (%s) is refused', async (_, coding, status, code) => {
    const app = await testApp()
    const answer = await sent(app, Buffer.from('{"query":"x"}'), {'Content-Encoding': coding})
    expect(answer).toMatchObject({status, json: {code}})
    expect(answer.headers.get('accept-encoding')).toBe(status === 415 ? 'gzip, deflate, br, zstd' : null)
  })

  test('whose end is missing is refused', async () => {
    const app = await testApp()
    const body = gzipSync(Buffer.from('{"query":"x"}'))
    const answer = await sent(app, body.subarray(0, -5), {'Content-Encoding': 'gzip'})
    expect(answer).toMatchObject({status: 400, json: {code: 'broken_content_coding'}})
  })

  test('that would be larger than the limit when it is decompressed is refused before it is', async () => {
    const app = await testApp({bodyLimit: 1_000_000})
    const bomb = gzipSync(Buffer.alloc(32_000_000, ' '))
    expect(bomb.length).toBeLessThan(1_000_000)
    const answer = await sent(app, bomb, {'Content-Encoding': 'gzip'})
    expect(answer).toMatchObject({status: 413, json: {code: 'body_too_large'}})
    // Its room is free again.
    const next = await sent(app, gzipSync(Buffer.from('{"query":1}')), {'Content-Encoding': 'gzip'})
    expect(next.status).toBe(422)
  })

  test.each([false, true])('in another encoding than UTF-8 is refused, whole or in pieces (%s)', async inPieces => {
    const app = await testApp()
    const body = Buffer.from('{"query":"caf\xe9"}', 'latin1')
    const headers = inPieces ? {} : {'Content-Length': String(body.length)}
    expect(await sent(app, body, headers)).toMatchObject({status: 400, json: {code: 'malformed_body'}})
  })

  test('that is still on its way takes room, and more than there is room for is refused', async () => {
    const app = await testApp({bodyLimit: 1000})
    const key = await app.key(['*'])
    const upload = () => {
      const {readable, writable} = new TransformStream<Uint8Array>()
      const writer = writable.getWriter()
      const headers = {'Content-Type': 'application/json', Authorization: `Bearer ${key}`}
      const init = {method: 'POST', body: readable, duplex: 'half', headers}
      const answer = Promise.resolve(app.app.request(path, init as RequestInit))
      return {writer, answer}
    }
    const bytes = new TextEncoder().encode(JSON.stringify({query: 'x'.repeat(900)}))
    const slow = Array.from({length: 8}, upload)
    for (const {writer} of slow) {
      await writer.write(bytes)
      // Asked for by the reader, who therefore has what came before.
      await writer.ready
    }
    const extra = upload()
    await extra.writer.write(bytes)
    const refused = await extra.answer
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '2'])
    expect(await refused.json()).toMatchObject({code: 'uploads_busy'})
    for (const {writer, answer} of slow) {
      await writer.close()
      expect((await answer).status).toBe(404)
    }
    const {writer, answer} = upload()
    await writer.write(bytes)
    await writer.close()
    expect((await answer).status).toBe(404)
  })

  test('of a stranger is not read', async () => {
    const app = await testApp()
    let read = 0
    const body = new ReadableStream({
      pull(controller) {
        read += 1
        controller.enqueue(new Uint8Array(1000))
      },
    })
    const init = {method: 'POST', body, duplex: 'half', headers: {'Content-Type': 'application/json'}}
    const response = await app.app.request(path, init as RequestInit)
    expect(response.status).toBe(401)
    // The stream's own buffer takes one piece before anybody asks.
    expect(read).toBeLessThanOrEqual(1)
  })
})

test.each([
  '/api/v1/rag/../../etc/passwd',
  '/api/v1/rag/%2e%2e/%2e%2e/etc/passwd',
  '//etc/passwd',
  '/api/v1/jobs/..%2f..%2fx',
])('nothing lies at %s', async path => {
  const app = await testApp()
  expect((await app.request(path, {key: await app.key(['*'])})).status).toBe(404)
})
