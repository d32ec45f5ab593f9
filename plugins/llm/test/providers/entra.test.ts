import {mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {createServer, type IncomingMessage, type ServerResponse} from 'node:http'
import type {AddressInfo} from 'node:net'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {LLMock} from '@copilotkit/aimock'
import {afterAll, beforeAll, beforeEach, describe, expect, it} from 'vitest'
import {audienceOf} from '../../src/providers/entra-access.ts'
import type {EntraIdentity} from '../../src/providers/entra-identity.ts'
import {
  answering,
  callOf,
  collect,
  failing,
  nowhere,
  NOW,
  open,
  textOf,
  userSays,
  withServer,
} from './provider-servers.ts'

const TOKEN = 'eyJ0eXAi.a-token-7c2f9b.of-the-test'
const SECRET = 'q~the-application-secret-55e1'
const mock = new LLMock({port: 0})
const directory = mkdtempSync(join(tmpdir(), 'omni-entra-'))
const tokenFile = join(directory, 'federated')

/**
 * Gives tokens as Microsoft Entra does to applications (client credentials, with a secret or the token of a cluster), as
 * App Service does to an app, and as the metadata service does to a machine.
 */
const asked: string[] = []
let refusal: number | undefined
const server = createServer((request, response) => void answerToken(request, response))

async function answerToken(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const form = new URLSearchParams((await request.toArray()).map(String).join(''))
  const url = new URL(request.url!, 'http://entra')
  asked.push(`${request.method} ${url.pathname}`)
  const answer = (status: number, body: object) =>
    response.writeHead(status, {'content-type': 'application/json'}).end(JSON.stringify(body))
  if (refusal !== undefined) {
    answer(refusal, {error: 'invalid_client', error_description: `AADSTS7000215: Invalid secret ${SECRET}`})
    return
  }
  const wanted = 'https://cognitiveservices.azure.com'
  const ends = Math.floor(NOW.getTime() / 1000) + 3600
  switch (url.pathname) {
    case '/our-tenant/oauth2/v2.0/token': {
      const {grant_type, client_id, scope, client_secret, client_assertion, client_assertion_type} =
        Object.fromEntries(form)
      const isProven =
        client_secret === SECRET ||
        (client_assertion === 'token-of-the-cluster-1' &&
          client_assertion_type === 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer')
      const isGood = grant_type === 'client_credentials' && client_id === 'our-app' && scope === `${wanted}/.default`
      answer(isProven && isGood ? 200 : 401, {access_token: TOKEN, expires_in: 3599, token_type: 'Bearer'})
      return
    }
    case '/msi/token': {
      const query = Object.fromEntries(url.searchParams)
      const isGood = query['api-version'] === '2019-08-01' && query.resource === wanted && query.client_id === 'mine'
      const isApp = request.headers['x-identity-header'] === 'the-header-81b'
      answer(isGood && isApp ? 200 : 400, {access_token: TOKEN, expires_on: String(ends), token_type: 'Bearer'})
      return
    }
    case '/metadata/identity/oauth2/token': {
      const query = Object.fromEntries(url.searchParams)
      const isGood = query['api-version'] === '2018-02-01' && query.resource === wanted
      const isMachine = request.headers.metadata === 'true'
      answer(isGood && isMachine ? 200 : 400, {access_token: TOKEN, expires_in: '3599', expires_on: String(ends)})
      return
    }
    default:
      answer(404, {})
  }
}

let authority: string
beforeAll(async () => {
  await mock.start()
  await new Promise<void>(done => {
    server.listen(0, '127.0.0.1', done)
  })
  authority = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  writeFileSync(tokenFile, 'token-of-the-cluster-1\n')
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
  rmSync(directory, {recursive: true})
  return mock.stop()
})
let now = NOW
beforeEach(() => {
  mock.reset()
  mock.onMessage(/notice/, {content: 'Three months'})
  asked.length = 0
  refusal = undefined
  now = NOW
})

const application = {tenant: 'our-tenant', clientId: 'our-app'} as const
const identities: Readonly<Record<EntraIdentity['kind'], () => EntraIdentity>> = {
  'client-secret': () => ({kind: 'client-secret', authority, ...application, secret: SECRET, secrets: [SECRET]}),
  workload: () => ({kind: 'workload', authority: `${authority}/`, ...application, tokenFile, secrets: []}),
  'app-service': () => ({
    kind: 'app-service',
    endpoint: `${authority}/msi/token`,
    header: 'the-header-81b',
    clientId: 'mine',
    secrets: ['the-header-81b'],
  }),
  'virtual-machine': () => ({kind: 'virtual-machine', host: authority, clientId: undefined, secrets: []}),
}

function azure(identity: EntraIdentity, url = mock.url, apiVersion?: string) {
  return open('azure', url, {apiKey: undefined, identity, apiVersion, now: () => now})
}

const ask = (adapter: ReturnType<typeof azure>) => collect(adapter.complete(userSays('notice?'), callOf()))

describe.each(Object.keys(identities) as EntraIdentity['kind'][])('%s', kind => {
  it.each([undefined, '2024-10-21'])('is given a token, and asks with it and nothing else (%s)', async apiVersion => {
    await withServer(answering('{}', {status: 400}), async (url, requests) => {
      await failing(azure(identities[kind](), url, apiVersion).complete(userSays('hi'), callOf()))
      expect(requests[0]?.headers.authorization).toBe(`Bearer ${TOKEN}`)
      expect(requests[0]?.headers['api-key']).toBeUndefined()
    })
  })

  it('shares one token, and renews it before it ends', async () => {
    const adapter = azure(identities[kind]())
    const answers = await Promise.all(Array.from({length: 5}, () => ask(adapter)))
    expect(answers.map(events => textOf(events))).toEqual(Array(5).fill('Three months'))
    expect(asked).toHaveLength(1)
    now = new Date(NOW.getTime() + 54 * 60_000)
    await ask(adapter)
    expect(asked).toHaveLength(1)
    now = new Date(NOW.getTime() + 56 * 60_000)
    await Promise.all([ask(adapter), ask(adapter)])
    expect(asked).toHaveLength(2)
  })

  it.each([400, 401])('that is refused with %s is no identity, and says what to do', async status => {
    refusal = status
    const {failure} = await failing(azure(identities[kind]()).complete(userSays('hi'), callOf()))
    expect(failure.facts).toMatchObject({
      class: 'auth',
      status,
      mayHaveRun: false,
      hint: expect.stringMatching(/AZURE_/),
    })
    expect(failure.message).toContain('no access token of Microsoft Entra')
    expect(JSON.stringify([failure, failure.stack])).not.toContain(SECRET)
    expect(mock.getRequests()).toHaveLength(0)
  })

  it('gets its token later where the server of tokens is busy', async () => {
    refusal = 503
    const adapter = azure(identities[kind]())
    const {failure} = await failing(adapter.complete(userSays('hi'), callOf()))
    expect(failure.facts).toMatchObject({class: 'overload', mayHaveRun: false})
    refusal = undefined
    expect(textOf(await ask(adapter))).toBe('Three months')
  })
})

it('gets a new token where the resource does not accept the old one', async () => {
  let status = 401
  await withServer(
    response => answering('{"error":{"code":"401","message":"expired"}}', {status})(response),
    async url => {
      const adapter = azure(identities['client-secret'](), url)
      const {failure} = await failing(adapter.complete(userSays('hi'), callOf()))
      expect(failure.facts).toMatchObject({class: 'auth', status: 401})
      status = 400
      await failing(adapter.complete(userSays('hi'), callOf()))
      expect(asked).toHaveLength(2)
    },
  )
})

it('hides a token that the resource repeats', async () => {
  await withServer(answering(`{"error":{"message":"what is ${TOKEN}?"}}`, {status: 400}), async url => {
    const {failure} = await failing(azure(identities['client-secret'](), url).complete(userSays('hi'), callOf()))
    expect(failure.message).not.toContain('7c2f9b')
  })
})

it('reads the token of a cluster anew each time, and says when it is not there', async () => {
  const adapter = azure({...identities.workload(), tokenFile: join(directory, 'nothing')} as EntraIdentity)
  const {failure} = await failing(adapter.complete(userSays('hi'), callOf()))
  expect(failure.facts).toMatchObject({class: 'auth', mayHaveRun: false})
  expect(failure.message).toContain('ENOENT')
  expect(failure.facts.hint).toContain('AZURE_FEDERATED_TOKEN_FILE')
})

it('is told where there is no identity at all', async () => {
  const machine = {...identities['virtual-machine'](), host: await nowhere()} as EntraIdentity
  const {failure} = await failing(azure(machine).complete(userSays('hi'), callOf()))
  expect(failure.facts).toMatchObject({class: 'auth', mayHaveRun: false})
  expect(failure.message).toContain('this machine has none')
})

it.each([
  ['https://ours.openai.azure.com/', 'https://cognitiveservices.azure.com'],
  ['https://ours.cognitiveservices.azure.com', 'https://cognitiveservices.azure.com'],
  ['https://ours.services.ai.azure.com/openai/v1/', 'https://ai.azure.com'],
  ['https://ours.openai.azure.us', 'https://cognitiveservices.azure.us'],
  ['https://ours.openai.azure.cn', 'https://cognitiveservices.azure.cn'],
  ['https://gateway.corp.example/azure', 'https://cognitiveservices.azure.com'],
])('a token for %s is one for %s', (endpoint, audience) => {
  expect(audienceOf(endpoint)).toBe(audience)
})
