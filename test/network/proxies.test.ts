import {createServer} from 'node:http'
import {setImmediate} from 'node:timers/promises'
import {LLMock} from '@copilotkit/aimock'
import type {AddressInfo} from 'node:net'
import {getCACertificates, setDefaultCACertificates} from 'node:tls'
import {afterAll, afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test} from 'vitest'
import {exchange, textOf} from '../../src/client/exchange.ts'
import {downloadPublic} from '../../src/net/index.ts'
import {TestClock} from '../../src/testing/index.ts'
import {fetchUrl} from '../../plugins/rag/src/loaders/fetch-url.ts'
import {checkTarget} from '../../src/webhooks/target.ts'
import {WebhookSender} from '../../src/webhooks/webhook-sender.ts'
import {omni, temporaryHome} from '../cli/program.ts'
import {type Authority, makeAuthority} from '../support/authority.ts'
import {ForwardProxy, readNetwork} from '../support/forward-proxy.ts'
import {WebhookReceiver} from '../support/webhook-receiver.ts'

const requests: string[] = []
const server = createServer((request, response) => {
  requests.push(`${request.method} ${request.headers.host}${request.url}`)
  if (request.url === '/inside') response.writeHead(302, {location: 'http://10.0.0.5/secret'}).end()
  else response.end('what was asked for')
})
const models = new LLMock({port: 0})
let authority: Authority
let proxy: ForwardProxy

beforeAll(async () => {
  await new Promise<void>(done => {
    server.listen(0, '127.0.0.1', done)
  })
  const {port} = server.address() as AddressInfo
  await models.start()
  models.onMessage(/notice/, {content: 'Three months'})
  authority = makeAuthority('far.example', 'omni.far.example', 'models.example')
  setDefaultCACertificates([...getCACertificates('default'), authority.ca])
  const hosts = {
    'far.example': port,
    'omni.far.example': port,
    'wiki.internal': port,
    'models.example': Number(new URL(models.url).port),
  }
  proxy = await ForwardProxy.start({hosts, credentials: 'me:p%23ss', inspecting: authority})
})
afterAll(() => {
  proxy.stop()
  server.closeAllConnections()
  server.close()
  authority.remove()
  return models.stop()
})
beforeEach(() => {
  requests.length = 0
  proxy.asked.length = 0
  readNetwork({https_proxy: proxy.url, HTTP_PROXY: proxy.url, no_proxy: 'direct.example'})
})
afterEach(() => readNetwork({}))

test.each(['https://far.example/a', 'http://far.example/a'])('fetch asks for %s through the proxy', async url => {
  expect(await (await fetch(url)).text()).toBe('what was asked for')
  expect(requests).toEqual(['GET far.example/a'])
  expect(proxy.asked).toEqual([url.startsWith('https') ? 'CONNECT far.example:443' : `GET ${url}`])
})

test('fetch asks this machine itself', async () => {
  const {port} = server.address() as AddressInfo
  expect((await fetch(`http://127.0.0.1:${port}/near`)).status).toBe(200)
  expect(proxy.asked).toEqual([])
})

test.each(['https', 'http'])('a deployment is reached by %s through the proxy', async scheme => {
  const ask = {method: 'GET', headers: {}, silence: 5_000, signal: new AbortController().signal}
  const answer = await exchange({url: new URL(`${scheme}://omni.far.example/x`), ...ask})
  expect(await textOf(answer.body, 100)).toBe('what was asked for')
  expect(proxy.asked).toHaveLength(1)
})

test('a deployment with authorities of its own is believed with those of the environment too', async () => {
  const ask = {method: 'GET', headers: {}, silence: 5_000, signal: new AbortController().signal}
  const other = makeAuthority('other.example')
  onTestFinished(() => other.remove())
  expect(await exchange({url: new URL('https://omni.far.example/'), ca: other.ca, ...ask})).toMatchObject({status: 200})
})

test('a proxy that wants another password is told apart from the deployment', async () => {
  readNetwork({HTTPS_PROXY: `http://me:wrong-9w7e2b@${proxy.host}`})
  const ask = {method: 'GET', headers: {}, silence: 5_000, signal: new AbortController().signal}
  const refused = await exchange({url: new URL('https://omni.far.example/'), ...ask}).catch(error => error as Error)
  expect(refused).toMatchObject({code: 'proxy_failed', status: 407})
  expect(String((refused as Error).stack)).not.toContain('9w7e2b')
})

describe('addresses that strangers give', () => {
  const options = {accept: '*/*', largest: 1000}
  const unknown = async (): Promise<never> => {
    throw Object.assign(new Error('unknown'), {code: 'ENOTFOUND'})
  }

  test.each(['https', 'http'])('are asked by %s through the proxy where only it knows their name', async scheme => {
    const bytes = await downloadPublic(`${scheme}://far.example/picture`, {...options, resolve: unknown})
    expect(Buffer.from(bytes).toString()).toBe('what was asked for')
    expect(proxy.asked).toHaveLength(1)
    const page = await fetchUrl(`${scheme}://far.example/page`, {resolve: unknown})
    expect(Buffer.from(page.bytes).toString()).toBe('what was asked for')
    expect(proxy.asked).toHaveLength(2)
  })

  test.each([
    'http://10.0.0.5/',
    'https://192.168.1.1/',
    'http://0x0a.5/',
    'http://[fd12::1]/',
    'http://[::ffff:10.0.0.5]/',
    'http://127.0.0.1/',
    'http://169.254.169.254/latest/meta-data',
    'http://metadata.google.internal/computeMetadata/v1/',
    'http://localhost/',
    'http://intranet/',
    'http://wiki.internal/',
    'https://printer.local./',
  ])('are not asked of the proxy where they can only be private: %s', async url => {
    await expect(downloadPublic(url, {...options, resolve: async () => ['10.0.0.5']})).rejects.toThrow(
      'not of the public internet',
    )
    expect(proxy.asked).toEqual([])
  })

  test('are not asked of the proxy where their name leads into the network from here', async () => {
    const resolve = async () => ['93.184.216.34', '10.0.0.5']
    await expect(downloadPublic('https://far.example/', {...options, resolve})).rejects.toThrow('public internet')
    await expect(fetchUrl('https://far.example/', {resolve})).rejects.toMatchObject({reason: 'refused_address'})
    expect(proxy.asked).toEqual([])
  })

  test('are followed through the proxy to no place inside', async () => {
    await expect(downloadPublic('http://far.example/inside', {...options, resolve: unknown})).rejects.toThrow(
      'public internet',
    )
    expect(proxy.asked).toEqual(['GET http://far.example/inside'])
  })

  test('that need no proxy are pinned as ever', async () => {
    const resolve = async () => ['10.0.0.5']
    await expect(downloadPublic('https://direct.example/', {...options, resolve})).rejects.toThrow('public internet')
    await expect(downloadPublic('https://direct.example/', {...options, resolve: unknown})).rejects.toThrow('fetched')
    expect(proxy.asked).toEqual([])
  })
})

test('webhooks go through the proxy, keep their connection, and go nowhere inside', async () => {
  const receiver = await WebhookReceiver.start()
  const through = await ForwardProxy.start({
    hosts: {'hooks.example': Number(new URL(receiver.url).port)},
    inspecting: makeHooks(),
  })
  onTestFinished(() => through.stop())
  readNetwork({HTTPS_PROXY: through.url})
  const rules = {
    allowHttp: false,
    resolve: async (name: string) => (name === 'hooks.example' ? Promise.reject(new Error('unknown')) : ['10.0.0.5']),
  }
  const sender = new WebhookSender({rules, clock: new TestClock(), timeout: 5_000})
  onTestFinished(() => sender.close())
  const send = (url: string) => sender.send({url, headers: {'webhook-id': 'e'}, body: '{}'})
  for (let round = 0; round < 6; round++) {
    expect(await send('https://hooks.example/in')).toMatchObject({status: 204, error: null})
    // A connection is free when the end of the answer has been read.
    await setImmediate()
  }
  expect(through.asked.length).toBeLessThan(6)
  expect(await send('https://inside.example/in')).toMatchObject({error: 'private_target'})
  through.fault = 403
  expect(await send('https://other.example:444/in')).toMatchObject({error: 'private_target'})
  expect(await checkTarget(new URL('https://hooks.example/'), rules)).toBe(true)
  readNetwork({HTTPS_PROXY: through.url.replace('http://', 'http://me:secret@')})
  const fresh = new WebhookSender({rules, clock: new TestClock(), timeout: 5_000})
  onTestFinished(() => fresh.close())
  const attempt = await fresh.send({url: 'https://hooks.example/in', headers: {}, body: '{}'})
  expect(attempt).toMatchObject({error: 'proxy', status: null})
})

function makeHooks(): Authority {
  const made = makeAuthority('hooks.example')
  onTestFinished(() => made.remove())
  setDefaultCACertificates([...getCACertificates('default'), made.ca])
  return made
}

describe('the program', () => {
  const key = {OPENAI_API_KEY: 'sk-test', OPENAI_BASE_URL: 'https://models.example/v1'}

  test('asks a model through a proxy that inspects TLS, with the company’s certificate', async () => {
    const env = {...key, HTTPS_PROXY: proxy.url, NODE_EXTRA_CA_CERTS: authority.file}
    const asked = await omni(['llm', 'ask', 'notice?', '--json'], {env})
    expect(JSON.parse(asked.stdout)).toMatchObject({text: 'Three months'})
    expect(proxy.asked).toEqual(['CONNECT models.example:443'])
  })

  test('says what is missing without that certificate', async () => {
    const asked = await omni(['llm', 'ask', 'notice?', '--json'], {env: {...key, HTTPS_PROXY: proxy.url}})
    expect(asked.code).toBe(9)
    expect(asked.stdout + asked.stderr).toContain('NODE_EXTRA_CA_CERTS')
  })

  test('tells of the proxy without its password, and writes none into a file', async () => {
    const home = temporaryHome()
    const env = {HTTPS_PROXY: proxy.url, http_proxy: 'http://127.0.0.1:1'}
    const {stdout} = await omni(['doctor', '--json'], {home, env})
    const {findings} = JSON.parse(stdout) as {findings: {name: string; status: string; message: string}[]}
    expect(findings.filter(({name}) => name === 'proxy')).toMatchObject([
      {status: 'ok', message: `https through http://***@${proxy.host}`},
      {status: 'problem', message: 'http through http://127.0.0.1:1, which does not answer (ECONNREFUSED)'},
    ])
    const listed = await omni(['config', 'get', 'network.https_proxy', '--json'], {home, env})
    expect(JSON.parse(listed.stdout)).toMatchObject({value: `http://***@${proxy.host}`})
    expect(stdout + listed.stdout).not.toContain('p%23ss')
    const set = await omni(['config', 'set', 'network.https_proxy', proxy.url], {home})
    expect([set.code, set.stderr]).toEqual([2, expect.stringContaining('HTTPS_PROXY')])
    expect((await omni(['config', 'set', 'network.https_proxy', 'proxy.corp:3128'], {home})).code).toBe(0)
    const socks = await omni(['config', 'set', 'network.https_proxy', 'socks5://proxy.corp:1080'], {home})
    expect([socks.code, socks.stderr]).toEqual([2, expect.stringContaining('SOCKS')])
  })
})
