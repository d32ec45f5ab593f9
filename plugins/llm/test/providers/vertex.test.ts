import {generateKeyPairSync} from 'node:crypto'
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import type {ServerResponse} from 'node:http'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {LLMock} from '@copilotkit/aimock'
import {afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi} from 'vitest'
import {type AdapterOptions, openAdapter} from '../../src/providers/adapter-from.ts'
import {GoogleTokenServer, userCredentials} from './google-token-server.ts'
import {
  answering,
  type Asked,
  callOf,
  collect,
  failing,
  finishOf,
  nowhere,
  NOW,
  textOf,
  toolsOf,
  userSays,
  withServer,
} from './provider-servers.ts'

const EMAIL = 'writer@our-project.iam.gserviceaccount.com'
const TOKEN = 'ya29.an-access-token-of-the-test'
const MINUTES = 60_000

const keys = generateKeyPairSync('rsa', {modulusLength: 2048})
const pem = keys.privateKey.export({type: 'pkcs8', format: 'pem'}) as string
let now = NOW
const tokens = await new GoogleTokenServer({
  token: TOKEN,
  now: () => now,
  account: {email: EMAIL, keyId: 'key-1', publicKey: keys.publicKey},
}).start()
const mock = new LLMock({port: 0})

beforeAll(async () => {
  await mock.start()
})
afterAll(() => {
  tokens.stop()
  return mock.stop()
})
beforeEach(() => {
  mock.reset()
  mock.onMessage(/notice/, {content: 'Three months'})
  now = NOW
  tokens.asked = 0
  tokens.fault = undefined
})

function serviceAccount(more: object = {}): string {
  return JSON.stringify({
    type: 'service_account',
    project_id: 'our-project',
    private_key_id: 'key-1',
    private_key: pem,
    client_email: EMAIL,
    client_id: '1',
    token_uri: tokens.url,
    universe_domain: 'googleapis.com',
    ...more,
  })
}

function vertex(options: Partial<AdapterOptions> = {}) {
  let count = 0
  return openAdapter({
    provider: 'vertex',
    model: 'gemini-2.5-flash',
    apiKey: serviceAccount(),
    region: 'europe-west3',
    baseUrl: mock.url,
    newId: () => `id-${++count}`,
    now: () => now,
    ...options,
  })
}

/** The first request to the model, which is refused. */
async function sent(options: Partial<AdapterOptions>) {
  return withServer(answering('{}', {status: 400}), async (url, asked) => {
    await failing(vertex({baseUrl: url, ...options}).complete(userSays('notice'), callOf()))
    return asked[0]!
  })
}

const ask = (adapter = vertex()) => collect(adapter.complete(userSays('notice?'), callOf()))
const path = '/v1/projects/our-project/locations/europe-west3/publishers/google/models/gemini-2.5-flash'

describe('a service account', () => {
  it.each([true, false])('is given a token for its signed word, and Gemini answers, streamed: %s', async stream => {
    const events = await collect(vertex().complete(userSays('notice?'), callOf({stream})))
    expect(textOf(events)).toBe('Three months')
    expect(finishOf(events).reason.unified).toBe('stop')
    expect(mock.getLastRequest()?.path.split('?')[0]).toBe(
      `${path}:${stream ? 'streamGenerateContent' : 'generateContent'}`,
    )
    expect(tokens.asked).toBe(1)
  })

  it('calls tools', async () => {
    mock.onMessage(/weather/, {toolCalls: [{name: 'weather', arguments: '{"place":"Kranj"}'}]})
    const tools = [{name: 'weather', inputSchema: {type: 'object', properties: {}}}]
    const events = await collect(vertex().complete(userSays('weather?', {tools}), callOf()))
    expect(toolsOf(events)).toEqual([{id: 'call_id1', name: 'weather', input: '{"place":"Kranj"}'}])
  })

  it('asks with the token and nothing else', async () => {
    const {headers} = await sent({})
    expect(headers.authorization).toBe(`Bearer ${TOKEN}`)
    expect(Object.keys(headers).filter(name => name.startsWith('x-'))).toEqual([])
  })

  it('asks for one token at a time, again before it ends, and not before', async () => {
    const adapter = vertex()
    await Promise.all([ask(adapter), ask(adapter), ask(adapter)])
    expect(tokens.asked).toBe(1)
    now = new Date(NOW.getTime() + 55 * MINUTES)
    await ask(adapter)
    expect(tokens.asked).toBe(1)
    now = new Date(NOW.getTime() + 57 * MINUTES)
    await ask(adapter)
    expect(tokens.asked).toBe(2)
  })

  it('gets a new token where the old one is not accepted any more', async () => {
    let status = 401
    const refusing = answering('{"error":{"code":401,"status":"UNAUTHENTICATED","message":"expired"}}', {status: 401})
    const well = answering('data: {"candidates":[{"content":{"parts":[{"text":"ok"}]},"finishReason":"STOP"}]}\n\n')
    await withServer(
      response => (status === 401 ? refusing(response) : well(response)),
      async url => {
        const adapter = vertex({baseUrl: url})
        const {failure} = await failing(adapter.complete(userSays('hi'), callOf()))
        expect(failure.facts).toMatchObject({class: 'auth', status: 401})
        status = 200
        expect(textOf(await ask(adapter))).toBe('ok')
        expect(tokens.asked).toBe(2)
      },
    )
  })
})

describe('who else may ask', () => {
  it('a user of gcloud, at the cost of the project that was named', async () => {
    const user = JSON.stringify({...(JSON.parse(userCredentials(tokens.url)) as object), quota_project_id: 'billed'})
    const {headers, path: asked} = await sent({apiKey: user, project: 'our-project'})
    expect([headers.authorization, headers['x-goog-user-project']]).toEqual([`Bearer ${TOKEN}`, 'billed'])
    expect(asked.startsWith(path)).toBe(true)
  })

  it('the machine of Google Cloud that this runs on', async () => {
    const {headers} = await sent({apiKey: undefined, metadataHost: tokens.host, project: 'our-project'})
    expect(headers.authorization).toBe(`Bearer ${TOKEN}`)
  })

  it('whoever has an API key of express mode, which is of no place', async () => {
    vi.stubEnv('GOOGLE_CLOUD_PROJECT', 'of-the-environment')
    vi.stubEnv('GOOGLE_CLOUD_LOCATION', 'us-central1')
    for (const region of [undefined, 'global']) {
      const {headers, path: asked} = await sent({apiKey: 'AQ.express-key', region})
      expect([headers['x-goog-api-key'], headers.authorization]).toEqual(['AQ.express-key', undefined])
      expect(asked).toBe('/v1/publishers/google/models/gemini-2.5-flash:streamGenerateContent?alt=sse')
    }
    expect(tokens.asked).toBe(0)
  })
})

it('prints nothing where the results go, whatever the environment says', async () => {
  vi.stubEnv('GOOGLE_CLOUD_PROJECT', 'of-the-environment')
  vi.stubEnv('GOOGLE_CLOUD_LOCATION', 'us-central1')
  vi.stubEnv('GEMINI_API_KEY', 'of-the-environment')
  const debug = vi.spyOn(console, 'debug')
  const log = vi.spyOn(console, 'log')
  await sent({})
  await sent({apiKey: 'AQ.express-key', region: 'global'})
  expect([...debug.mock.calls, ...log.mock.calls]).toEqual([])
})

afterEach(() => {
  vi.unstubAllEnvs()
  vi.restoreAllMocks()
})

describe('what cannot be asked is told before anything is sent', () => {
  it.each([
    ['a key that is none', {apiKey: serviceAccount({private_key: 'MII-not-a-key'})}, 'private_key'],
    ['a file that is none', {apiKey: '{"type":"service_account"'}, 'JSON'],
    ['another kind of credentials', {apiKey: '{"type":"gdch_service_account"}'}, 'authorized_user or external_account'],
    ['a missing field', {apiKey: serviceAccount({client_email: undefined})}, 'client_email'],
    ['tokens in the clear', {apiKey: serviceAccount({token_uri: 'http://tokens.example/token'})}, 'https'],
    ['no project', {apiKey: serviceAccount({project_id: undefined})}, 'project'],
    ['no location', {region: undefined}, 'region'],
    ['a location that is none', {region: 'europe-west3.example.com/', baseUrl: undefined}, 'location'],
    ['a place that an API key cannot promise', {apiKey: 'AQ.express-key'}, 'anywhere'],
  ])('%s', (_name, options, word) => {
    const opening = () => vertex(options as Partial<AdapterOptions>)
    expect(opening).toThrow(word)
    expect(opening).toThrow(expect.objectContaining({code: 'llm_not_configured', exitCode: 9}))
    try {
      opening()
    } catch (error) {
      expect(JSON.stringify(error) + String(error)).not.toMatch(/MII|AQ\.|PRIVATE/)
    }
  })
})

describe('a token that is not given', () => {
  const refusal = async (options: Partial<AdapterOptions> = {}) =>
    (await failing(vertex(options).complete(userSays('notice'), callOf()))).failure.facts
  const json = {'content-type': 'application/json'}

  it('because the signature is another’s', async () => {
    const other = generateKeyPairSync('rsa', {modulusLength: 2048}).privateKey
    const key = serviceAccount({private_key: other.export({type: 'pkcs8', format: 'pem'})})
    const facts = await refusal({apiKey: key})
    expect(facts).toMatchObject({class: 'auth', status: 400, mayHaveRun: false})
    expect(facts.message).toContain('invalid_grant')
    expect(mock.getRequests()).toEqual([])
  })

  it('because the clock is wrong', async () => {
    expect(await refusal({now: () => new Date(NOW.getTime() + 10 * MINUTES)})).toMatchObject({class: 'auth'})
  })

  it.each([
    [401, 'auth'],
    [429, 'rate'],
    [500, 'transient'],
    [503, 'overload'],
  ])('with HTTP %i, and no secret in what is said', async (status, expected) => {
    tokens.fault = (response, body) => {
      const assertion = new URLSearchParams(body).get('assertion')
      response.writeHead(status, json).end(JSON.stringify({error: `no: ${assertion} ${pem}`, error_description: pem}))
    }
    const facts = await refusal()
    expect(facts).toMatchObject({class: expected, status, mayHaveRun: false})
    expect(facts.message).not.toMatch(/PRIVATE|MII|eyJ/)
    expect(tokens.asked).toBe(1)
  })

  it('because nobody listens', async () => {
    const address = await nowhere()
    expect(await refusal({apiKey: serviceAccount({token_uri: `${address}/token`})})).toMatchObject({
      class: 'transient',
      mayHaveRun: false,
    })
    const host = new URL(address).host
    const facts = await refusal({apiKey: undefined, metadataHost: host, project: 'p'})
    expect(facts).toMatchObject({class: 'auth', mayHaveRun: false})
    expect(facts.message).toContain('Application Default Credentials')
  })

  it('in its time', async () => {
    tokens.fault = () => undefined
    const timeouts = {connect: 30, firstToken: 30_000, idle: 30_000}
    const {failure} = await failing(vertex().complete(userSays('notice'), callOf({timeouts})))
    expect(failure.facts).toMatchObject({class: 'transient', mayHaveRun: false})
    expect(failure.message).toContain('30 ms')
  })

  it.each([
    ['no token', '{"id_token":"x"}'],
    ['no JSON', '<html>'],
    ['longer than any', JSON.stringify({access_token: 'x'.repeat(100_000), expires_in: 3599})],
  ])('by an answer that is %s', async (_name, body) => {
    tokens.fault = response => void response.writeHead(200, json).end(body)
    expect(await refusal()).toMatchObject({class: 'transient', mayHaveRun: false})
    expect(mock.getRequests()).toEqual([])
  })

  it('while the caller goes away, whom nothing keeps', async () => {
    tokens.fault = () => leaving.abort()
    const leaving = new AbortController()
    const {failure} = await failing(vertex().complete(userSays('notice'), callOf({signal: leaving.signal})))
    expect(failure.facts.class).toBe('cancelled')
  })

  it('and is asked for again by the next call', async () => {
    const adapter = vertex()
    tokens.fault = response => void response.writeHead(503, json).end('{}')
    await failing(adapter.complete(userSays('notice'), callOf()))
    tokens.fault = undefined
    expect(textOf(await ask(adapter))).toBe('Three months')
  })
})

describe('thoughts that Vertex AI has signed', () => {
  it('go back to it, and not to the Gemini API', async () => {
    const messages = [
      ...userSays('hi').messages,
      {
        role: 'assistant' as const,
        content: [{type: 'reasoning' as const, text: 'Hm.', signed: {provider: 'vertex', data: 'c2lnbmVk'}}],
      },
    ]
    await withServer(answering('{}', {status: 400}), async (url, asked) => {
      await failing(vertex({baseUrl: url}).complete({messages}, callOf()))
      await failing(vertex({provider: 'gemini', apiKey: 'k', baseUrl: url}).complete({messages}, callOf()))
      expect(asked.map(({body}) => body.includes('c2lnbmVk'))).toEqual([true, false])
    })
  })
})

describe('workload identity federation', () => {
  const SUBJECT = 'eyJhbGciOi.the-token-of-the-cluster-3f9'
  const FEDERATED = 'ya29.d.federated-71c'

  /** Exchanges tokens as Google's STS does, and acts as a service account for who may (RFC 8693). */
  async function federated<T>(
    more: object,
    use: (json: string, asked: readonly {path: string}[]) => Promise<T>,
  ): Promise<T> {
    const answer = (response: ServerResponse, {path: asked, headers, body}: Asked): void => {
      const form = Object.fromEntries(new URLSearchParams(body))
      const isExchange =
        form.grant_type === 'urn:ietf:params:oauth:grant-type:token-exchange' &&
        form.subject_token === SUBJECT &&
        form.subject_token_type === 'urn:ietf:params:oauth:token-type:jwt' &&
        form.audience === '//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/k' &&
        form.scope === 'https://www.googleapis.com/auth/cloud-platform'
      const json = (status: number, value: object) => void response.writeHead(status).end(JSON.stringify(value))
      if (asked === '/subject') json(200, headers['x-ask'] === 'please' ? {id_token: SUBJECT} : {})
      else if (asked === '/sts')
        json(isExchange ? 200 : 400, {access_token: FEDERATED, expires_in: 3599, token_type: 'Bearer'})
      else {
        const isKnown = headers.authorization === `Bearer ${FEDERATED}`
        const ends = new Date(NOW.getTime() + 3_600_000).toISOString()
        json(isKnown ? 200 : 403, {accessToken: TOKEN, expireTime: ends})
      }
    }
    return withServer(answer, (url, asked) => {
      const file = {
        type: 'external_account',
        audience: '//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/k',
        subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
        token_url: `${url}/sts`,
        credential_source: {file: '/nothing-is-here'},
        ...more,
      }
      return use(JSON.stringify(file).replaceAll('SERVER', url), asked)
    })
  }

  const byUrl = {
    credential_source: {
      url: 'SERVER/subject',
      headers: {'x-ask': 'please'},
      format: {type: 'json', subject_token_field_name: 'id_token'},
    },
  }

  it('exchanges the token of an address, and asks as a service account', async () => {
    const more = {...byUrl, service_account_impersonation_url: 'SERVER/as:generateAccessToken'}
    await federated(more, async (json, asked) => {
      const adapter = vertex({apiKey: json, project: 'our-project'})
      await Promise.all([ask(adapter), ask(adapter)])
      expect(asked.map(each => each.path)).toEqual(['/subject', '/sts', '/as:generateAccessToken'])
      const {headers} = await sent({apiKey: json, project: 'our-project'})
      expect(headers.authorization).toBe(`Bearer ${TOKEN}`)
    })
  })

  it('exchanges the token of a file, and asks as itself', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'omni-federation-'))
    onTestFinished(() => rmSync(directory, {recursive: true}))
    const path = join(directory, 'token')
    writeFileSync(path, `${SUBJECT}\n`)
    await federated({credential_source: {file: path}}, async json => {
      const {headers} = await sent({apiKey: json, project: 'our-project'})
      expect(headers.authorization).toBe(`Bearer ${FEDERATED}`)
    })
  })

  it('says when there is no such token, and shows none that is refused', async () => {
    await federated({}, async json => {
      const adapter = vertex({apiKey: json, project: 'our-project'})
      const {failure} = await failing(adapter.complete(userSays('hi'), callOf()))
      expect(failure.facts).toMatchObject({class: 'auth', mayHaveRun: false})
      expect(failure.message).toContain('cannot be read (ENOENT)')
    })
    const wrong = {...byUrl, audience: 'somebody else’s'}
    await federated(wrong, async json => {
      const adapter = vertex({apiKey: json, project: 'our-project'})
      const {failure} = await failing(adapter.complete(userSays('hi'), callOf()))
      expect(failure.facts).toMatchObject({class: 'auth', status: 400, mayHaveRun: false})
      expect(failure.message).not.toContain('3f9')
    })
  })

  it.each([
    ['of Amazon', {credential_source: {environment_id: 'aws1'}}, 'must be a file or a url'],
    ['of a program', {credential_source: {executable: {command: 'x'}}}, 'must be a file or a url'],
    ['sent in the clear', {token_url: 'http://sts.example/token'}, 'https://'],
  ])('takes no token %s', async (_, more, word) => {
    await federated(more, async json => {
      expect(() => vertex({apiKey: json, project: 'our-project'})).toThrow(word)
    })
  })
})
