import {describe, expect, test} from 'vitest'
import {OutgoingProxies, proxyUrl, shownProxy} from './outgoing-proxies.ts'

function proxies({http, https, none}: {http?: string; https?: string; none?: string}): OutgoingProxies {
  return new OutgoingProxies({http: () => http, https: () => https, none: () => none})
}

const nameOf = (rules: OutgoingProxies, url: string) => rules.proxyOf(new URL(url))?.name

test('each scheme has its own proxy, and none takes the place of the other', () => {
  const both = proxies({http: 'plain.corp:3128', https: 'https://secure.corp:8443'})
  expect(nameOf(both, 'http://a.example/')).toBe('http://plain.corp:3128')
  expect(nameOf(both, 'https://a.example/')).toBe('https://secure.corp:8443')
  expect(nameOf(proxies({http: 'plain.corp:3128'}), 'https://a.example/')).toBeUndefined()
  expect(nameOf(proxies({https: 'plain.corp:3128'}), 'http://a.example/')).toBeUndefined()
  expect(nameOf(both, 'ssh://git@a.example/')).toBeUndefined()
})

test.each([
  'http://localhost:11434/',
  'http://localhost./',
  'http://127.0.0.1:8000/',
  'http://127.9.9.9/',
  'https://[::1]/',
  'http://169.254.169.254/latest/meta-data',
  'http://[fe80::1]/',
  'http://metadata.google.internal/',
])('%s is never reached through one', url => {
  expect(nameOf(proxies({http: 'p:1', https: 'p:1'}), url)).toBeUndefined()
})

describe('what NO_PROXY names', () => {
  test.each([
    ['example.com', 'http://example.com/', true],
    ['example.com', 'http://api.example.com/', true],
    ['example.com', 'http://notexample.com/', false],
    ['example.com', 'http://example.com.evil.test/', false],
    ['.example.com', 'http://api.example.com/', true],
    ['.example.com', 'http://example.com/', true],
    ['*.example.com', 'http://api.example.com/', true],
    ['*.example.com', 'http://example.com/', false],
    ['EXAMPLE.com.', 'http://Example.COM./', true],
    ['example.com:8080', 'http://example.com:8080/', true],
    ['example.com:8080', 'http://example.com/', false],
    ['example.com:80', 'http://example.com/', true],
    ['example.com:443', 'https://example.com/', true],
    ['other.example, example.com', 'http://example.com/', true],
    ['other.example example.com', 'http://example.com/', true],
    ['*', 'https://anything.example/', true],
    ['none.example,*', 'https://anything.example/', true],
    ['10.0.0.0/8', 'http://10.1.2.3/', true],
    ['10.0.0.0/8', 'http://11.1.2.3/', false],
    ['10.0.0.7', 'http://10.0.0.7/', true],
    ['10.0.0.7:81', 'http://10.0.0.7/', false],
    ['10.0.0.0/99', 'http://10.0.0.1/', false],
    ['10.0.0.0/8', 'http://10.example/', false],
    ['fd00::/8', 'http://[fd12::1]/', true],
    ['[fd12::1]:443', 'https://[fd12::1]/', true],
    ['[fd12::1]:443', 'https://[fd12::2]/', false],
    ['fd12::1', 'https://[fd12::1]/', true],
    ['', 'http://example.com/', false],
  ])('%s: %s is reached directly: %s', (none, url, isDirect) => {
    expect(nameOf(proxies({http: 'p.corp:1', https: 'p.corp:1', none}), url) === undefined).toBe(isDirect)
  })
})

test('a password is in no text that is shown', () => {
  const rules = proxies({https: 'http://me:hunter2@proxy.corp:3128'})
  expect(nameOf(rules, 'https://a.example/')).toBe('http://proxy.corp:3128')
  expect(rules.proxyOf(new URL('https://a.example/'))?.url.password).toBe('hunter2')
  expect(shownProxy('http://me:hunter2@proxy.corp:3128')).toBe('http://***@proxy.corp:3128')
  expect(shownProxy('me:hunter2@proxy.corp:3128')).toBe('http://***@proxy.corp:3128')
  expect(shownProxy('http://proxy.corp:3128')).toBe('http://proxy.corp:3128')
})

test.each(['socks5://proxy.corp:1080', 'ftp://proxy.corp', 'http://proxy.corp/path', 'http://', 'http://a b'])(
  '%s is no proxy',
  text => {
    expect(proxyUrl(text)).toBeNull()
  },
)

test('settings that nobody needs are not looked at', () => {
  const rules = new OutgoingProxies({
    http: () => 'p.corp:1',
    https: () => {
      throw new Error('not needed')
    },
    none: () => undefined,
  })
  expect(nameOf(rules, 'http://a.example/')).toBe('http://p.corp:1')
  expect(nameOf(rules, 'https://127.0.0.1/')).toBeUndefined()
  expect(() => nameOf(rules, 'https://a.example/')).toThrow('not needed')
})
