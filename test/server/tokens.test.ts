import {createServer} from 'node:http'
import type {AddressInfo} from 'node:net'
import {exportJWK, exportSPKI, generateKeyPair, type JWTPayload, SignJWT} from 'jose'
import {expect, onTestFinished, test} from 'vitest'
import {authenticateByToken, type TokenTrust} from '../../src/server/authenticate-token.ts'

/** An issuer with one key, which describes itself as OpenID Connect Discovery says. */
async function issuer(options: {readonly claims?: string} = {}) {
  const {publicKey, privateKey} = await generateKeyPair('ES256', {extractable: true})
  const state = {asked: 0, away: false, named: options.claims}
  const server = createServer((request, response) => {
    state.asked += 1
    if (state.away) return void response.destroy()
    response.setHeader('Content-Type', 'application/json')
    if (request.url === '/jwks') {
      return void exportJWK(publicKey).then(jwk =>
        response.end(JSON.stringify({keys: [{...jwk, kid: 'k1', alg: 'ES256'}]})),
      )
    }
    response.end(JSON.stringify({issuer: state.named ?? url, jwks_uri: `${url}/jwks`}))
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const trust: TokenTrust = {
    issuer: url,
    audience: 'omni',
    algorithms: ['ES256', 'RS256'],
    rolesClaim: 'realm_access.roles',
    tenantClaim: 'tenant',
    groupsClaim: 'groups',
    scopesOfRole: new Map([
      ['reader', ['rag:read', 'audit:read']],
      ['writer', ['rag:read', 'rag:write']],
    ]),
    jwksUrl: undefined,
  }
  const claims: JWTPayload = {
    iss: url,
    aud: 'omni',
    sub: 'ada',
    tenant: ['acme', 'globex'],
    groups: ['board'],
    realm_access: {roles: ['reader', 'writer', 'unknown']},
  }
  const sign = (change: Record<string, unknown> = {}, expires: string | number = '5m') =>
    new SignJWT({...claims, ...change})
      .setProtectedHeader({alg: 'ES256', kid: 'k1'})
      .setExpirationTime(expires)
      .sign(privateKey)
  return {state, trust, claims, sign, publicKey, authenticate: await authenticateByToken(trust)}
}

const asBearer = (token: string) => ({authorization: `Bearer ${token}`, address: () => 'x'})

test('a person is who the token says, with the scopes of their roles', async () => {
  const {authenticate, sign, state} = await issuer()
  const expected = {
    principal: {id: 'user:ada', kind: 'user', scopes: ['rag:read', 'audit:read', 'rag:write'], groups: ['board']},
    tenant: 'acme',
    tenants: ['acme', 'globex'],
  }
  expect(await authenticate(asBearer(await sign()))).toEqual(expected)
  expect(await authenticate(asBearer(await sign()))).toEqual(expected)
  // The description and the keys, once each.
  expect(state.asked).toBe(2)
})

test('a token of another issuer, for another audience, too old, of nobody, or of no tenant is refused', async () => {
  const {authenticate, sign} = await issuer()
  const past = Math.floor(Date.now() / 1000) - 3600
  for (const token of [
    await sign({iss: 'https://evil.example'}),
    await sign({aud: 'other'}),
    await sign({}, past),
    await sign({sub: undefined}),
    await sign({tenant: undefined}),
    'not.a.token',
  ]) {
    await expect(authenticate(asBearer(token))).rejects.toMatchObject({code: 'unauthenticated', httpStatus: 401})
  }
})

test('a token chooses no algorithm: neither none, nor the public key as a secret', async () => {
  const {authenticate, claims, publicKey} = await issuer()
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const exp = Math.floor(Date.now() / 1000) + 600
  const unsigned = `${part({alg: 'none'})}.${part({...claims, exp})}.`
  const confused = await new SignJWT(claims)
    .setProtectedHeader({alg: 'HS256', kid: 'k1'})
    .setExpirationTime('5m')
    .sign(new TextEncoder().encode(await exportSPKI(publicKey)))
  for (const token of [unsigned, confused]) {
    await expect(authenticate(asBearer(token))).rejects.toMatchObject({code: 'unauthenticated'})
  }
})

test('a provider that is away is said to be, and asked again', async () => {
  const {authenticate, sign, state} = await issuer()
  state.away = true
  await expect(authenticate(asBearer(await sign()))).rejects.toMatchObject({code: 'identity_provider', httpStatus: 503})
  state.away = false
  expect((await authenticate(asBearer(await sign()))).tenant).toBe('acme')
})

test('a provider that describes another issuer is not believed', async () => {
  const {authenticate, sign} = await issuer({claims: 'https://other.example'})
  await expect(authenticate(asBearer(await sign()))).rejects.toMatchObject({code: 'identity_provider'})
})
