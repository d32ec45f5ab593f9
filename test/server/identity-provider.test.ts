import {createServer, type RequestListener} from 'node:http'
import type {AddressInfo} from 'node:net'
import {exportJWK, generateKeyPair, type JWK} from 'jose'
import {Provider} from 'oidc-provider'
import {afterEach, expect, onTestFinished, test, vi} from 'vitest'
import {authenticateByToken} from '../../src/server/authenticate-token.ts'
import {startServer} from '../support/server-process.ts'
import {testApp} from '../support/app.ts'
import {Workspace} from '../support/workspace.ts'

const audience = 'https://omni.example.com'

async function signingKey(kid: string): Promise<JWK> {
  const {privateKey} = await generateKeyPair('ES256', {extractable: true})
  return {...(await exportJWK(privateKey)), kid, alg: 'ES256', use: 'sig'}
}

/** A real OpenID Connect provider with programs as clients, whose access tokens are JWTs (RFC 9068). */
async function identityProvider() {
  let answer: RequestListener = (_, response) => void response.writeHead(503).end()
  const server = createServer((request, response) => answer(request, response))
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const secret = 'a-secret-of-the-client-in-this-test'
  const signWith = (...keys: JWK[]) => {
    const provider = new Provider(issuer, {
      jwks: {keys},
      cookies: {keys: ['a key for cookies in this test']},
      clients: ['reader', 'writer', 'nobody'].map(client_id => ({
        client_id,
        client_secret: secret,
        grant_types: ['client_credentials'],
        redirect_uris: [],
        response_types: [],
        id_token_signed_response_alg: 'ES256',
      })),
      scopes: ['omni'],
      features: {
        devInteractions: {enabled: false},
        clientCredentials: {enabled: true},
        resourceIndicators: {
          enabled: true,
          getResourceServerInfo: (_: unknown, resource: string) => ({
            scope: 'omni',
            audience: resource,
            accessTokenTTL: 3600,
            accessTokenFormat: 'jwt',
            jwt: {sign: {alg: 'ES256'}},
          }),
        },
      },
      extraTokenClaims: (_: unknown, {clientId}: {clientId: string}) => ({tenant: 'acme', roles: [clientId]}),
    })
    answer = provider.callback()
  }
  const token = async (client: string, resource = audience): Promise<string> => {
    const response = await fetch(`${issuer}/token`, {
      method: 'POST',
      headers: {Authorization: `Basic ${Buffer.from(`${client}:${secret}`).toString('base64')}`},
      body: new URLSearchParams({grant_type: 'client_credentials', scope: 'omni', resource}),
    })
    const answer = (await response.json()) as {access_token?: string}
    if (answer.access_token === undefined) throw new Error(`The provider gave no token: ${JSON.stringify(answer)}`)
    return answer.access_token
  }
  return {issuer, signWith, token}
}

afterEach(() => {
  vi.useRealTimers()
})

test('the tokens of a real provider let in whom its roles let in, into their tenant, and no token for others', async () => {
  const provider = await identityProvider()
  provider.signWith(await signingKey('first'))
  const workspace = new Workspace({
    env: {
      OMNI_SERVER_JWT_ISSUER: provider.issuer,
      OMNI_SERVER_JWT_AUDIENCE: audience,
      OMNI_SERVER_JWT_ROLE_SCOPES: 'reader=rag:read; writer=rag:read rag:write',
    },
  })
  const {url} = await startServer(workspace)
  const ask = async (token: string, path: string, body?: object) => {
    const headers = {Authorization: `Bearer ${token}`, 'Content-Type': 'application/json'}
    const response = await fetch(url + path, body ? {method: 'POST', headers, body: JSON.stringify(body)} : {headers})
    return {status: response.status, json: (await response.json()) as Record<string, unknown>}
  }
  const [reader, writer, nobody] = [
    await provider.token('reader'),
    await provider.token('writer'),
    await provider.token('nobody'),
  ]
  expect(await ask(reader, '/api/v1/whoami')).toMatchObject({
    status: 200,
    json: {principal: 'user:reader', tenant: 'acme', scopes: ['rag:read']},
  })
  const documents = {documents: [{source: 'a.txt', content: 'The notice period is four weeks.'}]}
  expect(await ask(reader, '/api/v1/rag/ingest', documents)).toMatchObject({status: 403, json: {code: 'denied'}})
  expect(await ask(writer, '/api/v1/rag/ingest', documents)).toMatchObject({status: 200})
  expect(await ask(reader, '/api/v1/rag/search', {query: 'notice'})).toMatchObject({status: 200, json: {count: 1}})
  expect((await ask(nobody, '/api/v1/rag/search', {query: 'notice'})).status).toBe(403)
  const foreign = await provider.token('writer', 'https://other.example.com')
  expect(await ask(foreign, '/api/v1/whoami')).toMatchObject({status: 401, json: {code: 'unauthenticated'}})
  const cut = `${writer.slice(0, -4)}AAAA`
  expect((await ask(cut, '/api/v1/whoami')).status).toBe(401)
}, 30_000)

test('a token ends, and a provider changes its keys', async () => {
  const provider = await identityProvider()
  const [first, second] = [await signingKey('first'), await signingKey('second')]
  provider.signWith(first)
  const authenticate = await authenticateByToken({
    issuer: provider.issuer,
    audience,
    algorithms: ['ES256'],
    rolesClaim: 'roles',
    tenantClaim: 'tenant',
    groupsClaim: 'groups',
    scopesOfRole: new Map([['reader', ['rag:read']]]),
    jwksUrl: undefined,
  })
  const app = await testApp({enter: async credentials => ({identity: await authenticate(credentials)})})
  const status = async (key: string) => (await app.request('/api/v1/whoami', {key})).status
  vi.useFakeTimers({toFake: ['Date']})
  const old = await provider.token('reader')
  expect(await status(old)).toBe(200)

  // The new key signs first, while the old one is still among the published.
  provider.signWith(second, first)
  vi.setSystemTime(Date.now() + 31_000)
  const fresh = await provider.token('reader')
  expect(await status(fresh)).toBe(200)
  expect(await status(old)).toBe(200)

  // Taken out of what is published, a key counts no more as soon as what is kept of them is ten minutes old.
  provider.signWith(second)
  vi.setSystemTime(Date.now() + 601_000)
  expect(await status(old)).toBe(401)
  expect(await status(fresh)).toBe(200)

  // An hour's life, and half a minute for clocks that differ.
  vi.setSystemTime(Date.now() + 3_600_000)
  expect(await status(fresh)).toBe(401)
  expect(await status(await provider.token('reader'))).toBe(200)
})
