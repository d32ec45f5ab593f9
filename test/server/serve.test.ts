import {execFileSync} from 'node:child_process'
import {connect} from 'node:net'
import {request as secureRequest} from 'node:https'
import {readFileSync} from 'node:fs'
import {expect, onTestFinished, test} from 'vitest'
import {listen} from '../../src/server/listen.ts'
import {makeKey, startServer} from '../support/server-process.ts'
import {Workspace} from '../support/workspace.ts'

const json = {'Content-Type': 'application/json'}

test('what one process writes, the other finds at once, and SIGTERM ends it well', async () => {
  const workspace = new Workspace()
  const server = await startServer(workspace)
  expect(server.stderr()).toContain("omni keys create me --scopes '*'")
  const key = await makeKey(workspace, 'me', '*')
  const headers = {...json, Authorization: `Bearer ${key}`}
  const search = async () => {
    const body = JSON.stringify({query: 'notice period'})
    const response = await fetch(`${server.url}/api/v1/rag/search`, {method: 'POST', headers, body})
    return (await response.json()) as {count?: number; code?: string}
  }
  expect((await search()).code).toBe('unknown_collection')
  workspace.write('a.txt', 'The notice period is four weeks.')
  await workspace.json(['rag', 'ingest', 'a.txt'])
  expect((await search()).count).toBe(1)
  const remove = {method: 'DELETE', headers}
  const removed = await fetch(`${server.url}/api/v1/rag/documents/default`, remove)
  expect(await removed.json()).toMatchObject({tenant_id: 'default', documents: 1})
  expect((await search()).code).toBe('unknown_collection')
  workspace.write('b.txt', 'The notice period is five weeks.')
  await workspace.json(['rag', 'ingest', 'b.txt'])
  expect((await search()).count).toBe(1)
  const ready = await fetch(`${server.url}/readyz`)
  expect(await ready.json()).toEqual({status: 'ready', checks: {server: 'ok', database: 'ok', data_directory: 'ok'}})
  const metrics = await (await fetch(`${server.url}/metrics`, {headers})).text()
  expect(metrics).toContain('omni_http_requests_total{route="rag.search",method="POST",status="2xx"} 2')
  server.child.kill('SIGTERM')
  const {code, stderr} = await server.finished
  expect(code).toBe(0)
  expect(stderr).not.toContain(key.slice(18))
  expect(stderr).not.toContain('notice')
  expect(stderr).toMatch(/"message":"request".*"route":"rag.search","status":200/)
})

test('no log, however talkative, holds a key', async () => {
  const workspace = new Workspace()
  const server = await startServer(workspace, ['--debug'])
  const key = await makeKey(workspace, 'me', 'rag:read')
  const child = `omni_${'a'.repeat(12)}_${'B'.repeat(49)}`
  for (const headers of [
    {Authorization: `Bearer ${key}`},
    {Authorization: `Bearer ${child}`},
    {Authorization: key},
    {Authorization: `Bearer ${key}`, 'X-Request-ID': key, 'X-Tenant-ID': key},
    {'X-API-Key': key, Cookie: `key=${key}`},
  ] as Record<string, string>[]) {
    await fetch(`${server.url}/api/v1/rag/collections?key=${key}`, {headers})
    await fetch(`${server.url}/api/v1/${key}`, {headers})
  }
  server.child.kill('SIGTERM')
  const {stderr} = await server.finished
  expect(stderr).toContain('"message":"request"')
  for (const secret of [key, child]) expect(stderr).not.toContain(secret.slice(18))
  const audit = JSON.stringify(await workspace.json(['audit', 'list']))
  for (const secret of [key, child]) expect(audit).not.toContain(secret.slice(18))
})

test.each([
  [['--host', '0.0.0.0'], 'unsafe_listen'],
  [['--host', '::'], 'unsafe_listen'],
  [['--host', '0.0.0.0', '--insecure-no-auth', '--behind-proxy'], 'unsafe_listen'],
  [['--port', '70000'], 'usage'],
  [['--tls-cert', 'a.pem'], 'usage'],
])('refuses to listen with %j', async (flags, code) => {
  const workspace = new Workspace()
  expect(await workspace.json(['serve', ...flags], 2)).toMatchObject({error: {code}})
})

test('without keys it answers this machine alone, and no page of another site', async () => {
  const workspace = new Workspace()
  const {url} = await startServer(workspace, ['--insecure-no-auth'])
  const {port} = new URL(url)
  expect((await fetch(`${url}/api/v1/rag/collections`)).status).toBe(200)
  expect(await raw(Number(port), `GET /api/v1/rag/collections HTTP/1.1\r\nHost: rebound.example\r\n\r\n`)).toContain(
    'foreign_request',
  )
  const crossSite = `GET /api/v1/rag/collections HTTP/1.1\r\nHost: localhost:${port}\r\nOrigin: https://evil.example\r\n\r\n`
  expect(await raw(Number(port), crossSite)).toContain('foreign_request')
})

test('a header with a line break is refused, and never comes back', async () => {
  const workspace = new Workspace()
  const {url} = await startServer(workspace)
  const request = 'GET /healthz HTTP/1.1\r\nHost: x\r\nX-Request-ID: a\rSet-Cookie: b=c\r\n\r\n'
  const answer = await raw(Number(new URL(url).port), request)
  expect(answer).toMatch(/^HTTP\/1\.1 400/)
  expect(answer).not.toContain('Set-Cookie')
})

test('serves TLS with a certificate', async () => {
  const workspace = new Workspace()
  const [cert, key] = [workspace.path('cert.pem'), workspace.path('key.pem')]
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1', '-days', '2']
  execFileSync(
    'openssl',
    [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-keyout',
      key,
      '-out',
      cert,
      ...subject,
    ],
    {stdio: 'ignore'},
  )
  const {url} = await startServer(workspace, ['--tls-cert', cert, '--tls-key', key])
  expect(url).toMatch(/^https:/)
  const status = await new Promise((resolve, reject) => {
    secureRequest(`${url}/healthz`, {ca: readFileSync(cert)}, response => resolve(response.statusCode))
      .on('error', reject)
      .end()
  })
  expect(status).toBe(200)
  const wrong = await workspace.json(['serve', '--port', '0', '--tls-cert', cert, '--tls-key', cert], 2)
  expect(wrong).toMatchObject({error: {code: 'certificate'}})
  const usable = {cert: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8')}
  // Without authorities Node would take those of the whole web for the ones that clients are known by.
  for (const tls of [
    {...usable, clientCa: ''},
    {...usable, clientCa: 'none'},
    {cert: '', key: ''},
  ]) {
    const listening = listen({fetch: () => new Response(), host: '127.0.0.1', port: 0, tls})
    await expect(listening).rejects.toMatchObject({code: 'certificate'})
  }
})

test('who sends a head too slowly is cut off; who sends a request in time is answered', async () => {
  const server = await listen({
    fetch: async request => new Response(`ok ${await request.text()}`),
    host: '127.0.0.1',
    port: 0,
    limits: {headersTimeout: 100, requestTimeout: 200, connectionsCheckingInterval: 20},
  })
  onTestFinished(() => server.drain(0))
  const port = Number(new URL(server.url).port)
  expect(await raw(port, 'GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ')).toMatch(/^HTTP\/1\.1 408/)
  expect(await raw(port, 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc')).toMatch(/^HTTP\/1\.1 408/)
  expect(await raw(port, 'GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')).toMatch(/^HTTP\/1\.1 200/)
})

test('a body beyond the limit is refused while it is sent, and the rest is not waited for', async () => {
  const workspace = new Workspace({env: {OMNI_SERVER_BODY_LIMIT_MB: '1'}})
  const {url} = await startServer(workspace)
  const key = await makeKey(workspace, 'me', '*')
  const head = ['Host: x', `Authorization: Bearer ${key}`, 'Content-Type: application/json']
  const post = `POST /api/v1/rag/search HTTP/1.1\r\n${head.join('\r\n')}\r\n`
  const piece = `${(64 * 1024).toString(16)}\r\n${'x'.repeat(64 * 1024)}\r\n`
  // The last piece, which says that there are no more, never comes.
  const endless = await raw(Number(new URL(url).port), `${post}Transfer-Encoding: chunked\r\n\r\n${piece.repeat(17)}`)
  expect(endless).toMatch(/^HTTP\/1\.1 413/)
  const announced = await raw(Number(new URL(url).port), `${post}Content-Length: 2000000\r\n\r\n{"query":`)
  expect(announced).toMatch(/^HTTP\/1\.1 413[^]*body_too_large/)
})

test('drains: what is under way is answered, what hangs is cut off', async () => {
  const began = Promise.withResolvers<void>()
  const goOn = Promise.withResolvers<void>()
  const server = await listen({
    fetch: async request => {
      if (request.url.endsWith('/hangs')) return new Promise<Response>(() => {})
      began.resolve()
      await goOn.promise
      return new Response('answered')
    },
    host: '127.0.0.1',
    port: 0,
  })
  const answer = fetch(`${server.url}/x`).then(response => response.text())
  const hanging = fetch(`${server.url}/hangs`).catch(() => 'cut off')
  await began.promise
  const drained = server.drain(300)
  await expect(fetch(`${server.url}/late`)).rejects.toThrow()
  goOn.resolve()
  expect(await answer).toBe('answered')
  expect(await hanging).toBe('cut off')
  await drained
})

/** Sends bytes, and gives back all that comes until the other side closes or has answered. */
async function raw(port: number, text: string): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  socket.setEncoding('utf8')
  socket.write(text)
  let answer = ''
  for await (const piece of socket) {
    answer += piece as string
    if (/\r\n\r\n[^]*\S/.test(answer)) break
  }
  socket.destroy()
  return answer
}
