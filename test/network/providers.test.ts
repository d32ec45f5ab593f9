import {getCACertificates, setDefaultCACertificates} from 'node:tls'
import {LLMock} from '@copilotkit/aimock'
import {afterAll, afterEach, beforeAll, beforeEach, describe, expect, it} from 'vitest'
import {type Authority, makeAuthority} from '../support/authority.ts'
import {ForwardProxy, readNetwork} from '../support/forward-proxy.ts'
import {providerNames} from '../../plugins/llm/src/model/provider-adapter.ts'
import {
  callOf,
  collect,
  failing,
  finishOf,
  nowhere,
  open,
  textOf,
  userSays,
  withServer,
} from '../../plugins/llm/test/providers/provider-servers.ts'

const mock = new LLMock({port: 0})
const PASSWORD = 'p%40ss-9w7e2b'
let authority: Authority
let proxy: ForwardProxy

beforeAll(async () => {
  await mock.start()
  authority = makeAuthority('provider.example')
  setDefaultCACertificates([...getCACertificates('default'), authority.ca])
  proxy = await ForwardProxy.start({
    hosts: {'provider.example': Number(new URL(mock.url).port)},
    credentials: `employee:${PASSWORD}`,
    inspecting: authority,
  })
})
afterAll(async () => {
  proxy.stop()
  authority.remove()
  await mock.stop()
})
beforeEach(() => {
  mock.reset()
  mock.onMessage(/notice/, {content: 'Three months'})
  proxy.asked.length = 0
  proxy.fault = undefined
  readNetwork({HTTPS_PROXY: proxy.url, http_proxy: proxy.url, NO_PROXY: 'direct.example'})
})
afterEach(() => readNetwork({}))

describe.each(providerNames)('%s', provider => {
  it.each([true, false])('is asked through a tunnel, streamed: %s', async stream => {
    const adapter = open(provider, 'https://provider.example')
    const events = await collect(adapter.complete(userSays('notice?'), callOf({stream})))
    expect(textOf(events)).toBe('Three months')
    expect(finishOf(events).reason.unified).toBe('stop')
    // A tunnel may be there from another test. No name server knows the host.
    expect(proxy.asked.filter(asked => asked !== 'CONNECT provider.example:443')).toEqual([])
  })

  it('is asked for whole URLs where there is no TLS', async () => {
    const adapter = open(provider, 'http://provider.example:8080')
    expect(textOf(await collect(adapter.complete(userSays('notice?'), callOf())))).toBe('Three months')
    expect(proxy.asked.length).toBe(1)
    expect(proxy.asked[0]).toMatch(/^POST http:\/\/provider\.example:8080\//)
  })

  it('says which refusal is the proxy’s, and nothing of its password', async () => {
    for (const [status, kind, words] of [
      [407, 'auth', 'wants a user and a password'],
      [403, 'auth', 'does not let anybody reach refused.example'],
      [503, 'transient', 'could not reach refused.example'],
    ] as const) {
      proxy.fault = status
      const {failure} = await failing(open(provider, 'https://refused.example').complete(userSays('hi'), callOf()))
      expect(failure.facts).toMatchObject({class: kind, status, mayHaveRun: false, retryAfter: null})
      expect(failure.message).toContain(`the proxy http://${proxy.host} ${words}`)
      expect(failure.facts.hint).toBeDefined()
      expect(JSON.stringify([failure, failure.stack])).not.toContain('9w7e2b')
    }
  })

  it('may be asked again when the proxy answers again', async () => {
    const {port} = new URL(await nowhere())
    readNetwork({HTTPS_PROXY: `http://employee:${PASSWORD}@127.0.0.1:${port}`})
    const {failure} = await failing(
      open(provider, `https://${provider}.away.example`).complete(userSays('hi'), callOf()),
    )
    expect(failure.facts).toMatchObject({class: 'transient', status: null, mayHaveRun: false})
    expect(failure.message).toContain(`the proxy http://127.0.0.1:${port} does not answer (ECONNREFUSED)`)
    expect(failure.message).not.toContain('9w7e2b')
  })

  it('is asked directly on this machine', async () => {
    const events = await collect(open(provider, mock.url).complete(userSays('notice?'), callOf()))
    expect(textOf(events)).toBe('Three months')
    expect(proxy.asked).toEqual([])
  })
})

it('keeps a tunnel for the next request', async () => {
  const adapter = open('openai', 'https://provider.example')
  for (let count = 0; count < 4; count++) {
    await collect(adapter.complete(userSays('notice?'), callOf({stream: false})))
  }
  expect(proxy.asked.length).toBeLessThan(2)
})

it('says what to do about a certificate that nobody here knows', async () => {
  const stranger = makeAuthority('inspected.example')
  const inspecting = await ForwardProxy.start({
    hosts: {'inspected.example': Number(new URL(mock.url).port)},
    inspecting: stranger,
  })
  try {
    readNetwork({HTTPS_PROXY: inspecting.url})
    const adapter = open('openai', 'https://inspected.example')
    const {failure} = await failing(adapter.complete(userSays('hi'), callOf()))
    expect(failure.facts).toMatchObject({class: 'transient', mayHaveRun: false})
    expect(failure.facts.hint).toContain('NODE_EXTRA_CA_CERTS')
  } finally {
    inspecting.stop()
    stranger.remove()
  }
})

it('takes a proxy that breaks off for a network that does', async () => {
  const cutting = await ForwardProxy.start({hosts: {'cut.example': Number(new URL(await nowhere()).port)}})
  try {
    readNetwork({HTTPS_PROXY: cutting.url})
    const {failure} = await failing(open('openai', 'https://cut.example').complete(userSays('hi'), callOf()))
    expect(failure.facts).toMatchObject({class: 'transient', status: null})
  } finally {
    cutting.stop()
  }
})

it('says that a setting is wrong as such, and asks nobody', async () => {
  readNetwork({HTTPS_PROXY: 'socks5://127.0.0.1:1080'})
  const asking = collect(open('openai', 'https://wrong.example').complete(userSays('hi'), callOf()))
  await expect(asking).rejects.toMatchObject({code: 'invalid_setting', message: expect.stringContaining('HTTPS_PROXY')})
})

it('refuses the password of another proxy over plain HTTP too', async () => {
  readNetwork({HTTP_PROXY: `http://employee:wrong-9w7e2b@${proxy.host}`})
  const {failure} = await failing(open('openai', 'http://plain.example').complete(userSays('hi'), callOf()))
  expect(failure.facts).toMatchObject({class: 'auth', status: 407, mayHaveRun: false})
  expect(failure.message).not.toContain('9w7e2b')
})

it('sends the proxy’s credentials to the proxy alone', async () => {
  await withServer(
    response => void response.writeHead(400).end('{}'),
    async (url, asked) => {
      const own = await ForwardProxy.start({
        hosts: {'seen.example': Number(new URL(url).port)},
        credentials: 'me:secret',
      })
      readNetwork({HTTP_PROXY: own.url})
      await failing(open('openai', 'http://seen.example').complete(userSays('hi'), callOf()))
      expect(asked[0]?.headers.host).toBe('seen.example')
      expect(asked[0]?.headers['proxy-authorization']).toBeUndefined()
      own.stop()
    },
  )
})
