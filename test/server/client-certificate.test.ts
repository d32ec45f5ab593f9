import {execFileSync} from 'node:child_process'
import {X509Certificate} from 'node:crypto'
import {readFileSync} from 'node:fs'
import {request as secureRequest} from 'node:https'
import {expect, test} from 'vitest'
import {certificateFromHeader, certificateKeys} from '../../src/server/client-certificate.ts'
import type {AppRequest} from '../../src/server/entrance.ts'
import {makeKey, startServer} from '../support/server-process.ts'
import {Workspace} from '../support/workspace.ts'

const hash = '468ed33be74eee6556d90c0149c1309e9ba61d6425303443c0748a02dd8de688'
const newCertificate = 'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2'.split(' ')
const other = '0'.repeat(64)

test.each([
  ['HAProxy, ssl_c_der,sha2(256),hex', hash.toUpperCase(), {fingerprint: hash}],
  ['openssl x509 -fingerprint', hash.match(/../g)!.join(':'), {fingerprint: hash}],
  ['nginx, $ssl_client_s_dn', 'CN=batch,O=Example\\, Inc.,C=FR', {subject: 'CN=batch,O=Example\\, Inc.,C=FR'}],
  [
    'Envoy',
    `By=http://frontend.lyft.com;Hash=${hash};Subject="/C=US/ST=CA/L=San Francisco/OU=Lyft/CN=Test Client";URI=http://testclient.lyft.com`,
    {fingerprint: hash, subject: '/C=US/ST=CA/L=San Francisco/OU=Lyft/CN=Test Client'},
  ],
  ['Envoy, behind another that is believed less', `Hash=${other};URI=a,By=b;Hash=${hash}`, {fingerprint: hash}],
  [
    'Envoy, with a subject that would be more',
    `Subject="a,b;Hash=${other}\\"";Hash=${hash}`,
    {subject: `a,b;Hash=${other}"`, fingerprint: hash},
  ],
  ['nginx, with a subject that would be more', `CN=a;Hash=${other},O=b`, {subject: `CN=a;Hash=${other},O=b`}],
  ['nobody', '', undefined],
])('reads what %s writes', (_proxy, value, certificate) => {
  const request = {env: {incoming: {headers: {'x-client-cert': value}}}} as unknown as AppRequest
  expect(certificateFromHeader('X-Client-Cert')(request)).toEqual(certificate)
})

test('the setting names keys by fingerprint or subject', () => {
  const setting = `${hash.match(/../g)!.join(':').toUpperCase()} => 0123456789ab; CN=batch,O=Example => ba9876543210`
  expect([...certificateKeys(setting)]).toEqual([
    [hash, '0123456789ab'],
    ['CN=batch,O=Example', 'ba9876543210'],
  ])
})

test('behind a proxy its header stands for a key, with its scopes and its end; without a proxy it is refused', async () => {
  const workspace = new Workspace()
  const key = await makeKey(workspace, 'batch', 'rag:read')
  const prefix = key.slice(5, 17)
  await workspace.omni(['config', 'set', 'server.client_certificates', `${hash} => ${prefix}`])
  const flags = ['--client-cert-header', 'X-Client-Cert']
  expect((await workspace.omni(['serve', '--port', '0', ...flags])).code).toBe(2)
  const {url} = await startServer(workspace, ['--behind-proxy', ...flags])
  const status = async (path: string, headers: Record<string, string>) => (await fetch(url + path, {headers})).status
  const known = {'X-Client-Cert': hash}
  const who = await (await fetch(`${url}/api/v1/whoami`, {headers: known})).json()
  expect(who).toMatchObject({principal: `key:${prefix}`, scopes: ['rag:read']})
  expect(await status('/api/v1/keys', known)).toBe(403)
  expect(await status('/api/v1/whoami', {'X-Client-Cert': other})).toBe(401)
  expect(await status('/api/v1/whoami', {})).toBe(401)
  // Who shows a key is who the key says, or nobody.
  expect(await status('/api/v1/whoami', {...known, Authorization: 'Bearer omni_wrong'})).toBe(401)
  await workspace.json(['keys', 'revoke', 'batch', '--yes'])
  await expect.poll(() => status('/api/v1/whoami', known), {timeout: 5_000}).toBe(401)
  // Who is not behind the flag says nothing with the header.
  const plain = await startServer(workspace)
  expect((await fetch(`${plain.url}/api/v1/whoami`, {headers: known})).status).toBe(401)
}, 30_000)

test('with authorities of its own, only their clients connect, each as the key of its certificate', async () => {
  const workspace = new Workspace()
  const path = (name: string) => workspace.path(name)
  const openssl = (...argv: string[]) => execFileSync('openssl', argv, {stdio: 'ignore'})
  const make = (name: string, ...more: string[]) =>
    openssl(
      ...newCertificate,
      '-keyout',
      path(`${name}.key`),
      '-out',
      path(`${name}.pem`),
      '-subj',
      `/CN=${name}`,
      ...more,
    )
  make('authority')
  make('server', '-addext', 'subjectAltName=IP:127.0.0.1')
  make('client', '-CA', path('authority.pem'), '-CAkey', path('authority.key'))
  make('stranger')
  const {fingerprint256} = new X509Certificate(readFileSync(path('client.pem')))
  const prefix = (await makeKey(workspace, 'batch', 'rag:read')).slice(5, 17)
  await workspace.omni(['config', 'set', 'server.client_certificates', `${fingerprint256} => ${prefix}`])
  const flags = ['--tls-cert', path('server.pem'), '--tls-key', path('server.key')]
  const {url} = await startServer(workspace, [...flags, '--tls-client-ca', path('authority.pem')])
  const ask = (name?: string) =>
    new Promise<string>((resolve, reject) => {
      const own = name ? {cert: readFileSync(path(`${name}.pem`)), key: readFileSync(path(`${name}.key`))} : {}
      secureRequest(`${url}/api/v1/whoami`, {ca: readFileSync(path('server.pem')), ...own}, response => {
        let text = ''
        response.setEncoding('utf8').on('data', (piece: string) => (text += piece))
        response.on('end', () => resolve(text))
      })
        .on('error', reject)
        .end()
    })
  expect(JSON.parse(await ask('client'))).toMatchObject({principal: `key:${prefix}`})
  await expect(ask('stranger')).rejects.toThrow()
  await expect(ask()).rejects.toThrow()
}, 30_000)
