import {createServer, type IncomingMessage, type Server, type ServerResponse} from 'node:http'
import type {AddressInfo} from 'node:net'
import {gzipSync} from 'node:zlib'
import {CancelledError} from '@omni-ops/core/operation'
import {afterEach, describe, expect, test} from 'vitest'
import {fetchUrl, loadUrl} from '../../src/loaders/fetch-url.ts'

const servers: Server[] = []

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    server.close()
  }
})

async function serve(handle: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  const server = createServer(handle)
  servers.push(server)
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const isAllowed = (address: string): boolean => address === '127.0.0.1'

describe('documents', () => {
  test('the content type decides how the content is read, and the URL is its source', async () => {
    const base = await serve((_, response) => {
      response.setHeader('content-type', 'text/html; charset=windows-1250')
      response.end(
        Buffer.from([...Buffer.from('<h1>'), 0xc8, 0x61, 0x73, ...Buffer.from('</h1><p>'), 0x9e, 0x69, 0x76]),
      ) // Čas, živ
    })
    const document = await loadUrl(`${base}/page`, {isAllowed})
    expect(document).toMatchObject({source: `${base}/page`, mediaType: 'text/html', title: 'Čas', text: 'Čas\n\nživ'})
  })

  test('a type that says nothing leaves it to the name', async () => {
    const base = await serve((_, response) => {
      response.setHeader('content-type', 'text/plain')
      response.end('# Title\n')
    })
    expect(await loadUrl(`${base}/guide.md?raw=1`, {isAllowed})).toMatchObject({
      mediaType: 'text/markdown',
      title: 'Title',
    })
  })

  test('compressed content is unpacked', async () => {
    const base = await serve((_, response) => {
      response.setHeader('content-encoding', 'gzip')
      response.end(gzipSync('plain words'))
    })
    expect(await loadUrl(base, {isAllowed})).toMatchObject({text: 'plain words'})
  })
})

describe('guards', () => {
  test('an address that is not public is refused before anything is sent', async () => {
    let requests = 0
    const base = await serve((_, response) => {
      requests++
      response.end('secret')
    })
    await expect(fetchUrl(base)).rejects.toMatchObject({reason: 'refused_address'})
    await expect(fetchUrl(base.replace('127.0.0.1', 'localhost'))).rejects.toMatchObject({reason: 'refused_address'})
    await expect(fetchUrl(base.replace('127.0.0.1', '[::ffff:127.0.0.1]'))).rejects.toMatchObject({
      reason: 'refused_address',
    })
    await expect(fetchUrl(base.replace('127.0.0.1', '2130706433'))).rejects.toMatchObject({reason: 'refused_address'})
    expect(requests).toBe(0)
  })

  test('a redirect to an address that is not allowed is refused', async () => {
    const base = await serve((_, response) => {
      response.writeHead(302, {location: 'http://169.254.169.254/latest/meta-data/'}).end()
    })
    await expect(fetchUrl(base, {isAllowed})).rejects.toMatchObject({
      reason: 'refused_address',
      message: expect.stringContaining('169.254.169.254'),
    })
  })

  test('a host of which one address is private is refused', async () => {
    const resolve = async (): Promise<string[]> => ['127.0.0.1', '10.0.0.1']
    await expect(fetchUrl('http://docs.example/', {isAllowed, resolve})).rejects.toMatchObject({
      reason: 'refused_address',
    })
  })

  test('the connection goes to the address that was checked, with the name of the host', async () => {
    let host: string | undefined
    const base = await serve((request, response) => {
      host = request.headers.host
      response.end('x')
    })
    const {port} = new URL(base)
    let resolved = 0
    const resolve = async (): Promise<string[]> => [resolved++ === 0 ? '127.0.0.1' : '10.0.0.1']
    await fetchUrl(`http://docs.example:${port}/`, {isAllowed, resolve})
    expect(host).toBe(`docs.example:${port}`)
    expect(resolved).toBe(1)
  })

  test('other schemes are refused, in redirects too', async () => {
    await expect(fetchUrl('ftp://example.com/a')).rejects.toMatchObject({reason: 'unsupported'})
    await expect(fetchUrl('http://')).rejects.toMatchObject({reason: 'not_found'})
    const base = await serve((_, response) => response.writeHead(301, {location: 'file:///etc/passwd'}).end())
    await expect(fetchUrl(base, {isAllowed})).rejects.toMatchObject({reason: 'unsupported'})
  })

  test('at most five redirects are followed, relative ones too', async () => {
    const base = await serve((request, response) => {
      const left = Number(request.url!.slice(1))
      if (left > 0) response.writeHead(307, {location: `/${left - 1}`}).end()
      else response.end('there')
    })
    expect(await fetchUrl(`${base}/5`, {isAllowed})).toMatchObject({url: `${base}/0`})
    await expect(fetchUrl(`${base}/6`, {isAllowed})).rejects.toMatchObject({reason: 'unreadable'})
  })
})

describe('limits', () => {
  test('content above the limit is cut off, unpacked content too', async () => {
    const base = await serve((request, response) => {
      if (request.url === '/packed') response.setHeader('content-encoding', 'gzip')
      response.end(request.url === '/packed' ? gzipSync(Buffer.alloc(1_000_000)) : Buffer.alloc(1_000_000))
    })
    const limits = {maxBytes: 100_000}
    await expect(fetchUrl(`${base}/plain`, {isAllowed, limits})).rejects.toMatchObject({reason: 'too_large'})
    await expect(fetchUrl(`${base}/packed`, {isAllowed, limits})).rejects.toMatchObject({reason: 'too_large'})
  })

  test('a server that never answers is given up, and so is one that never ends', async () => {
    const base = await serve((request, response) => {
      if (request.url === '/body') response.write('x')
    })
    const limits = {maxMilliseconds: 100}
    await expect(fetchUrl(`${base}/head`, {isAllowed, limits})).rejects.toMatchObject({reason: 'timeout'})
    await expect(fetchUrl(`${base}/body`, {isAllowed, limits})).rejects.toMatchObject({reason: 'timeout'})
  })

  test('cancelling', async () => {
    const base = await serve(() => undefined)
    const controller = new AbortController()
    const fetched = fetchUrl(base, {isAllowed, signal: controller.signal})
    controller.abort()
    await expect(fetched).rejects.toThrow(CancelledError)
  })

  test('statuses and broken connections', async () => {
    const base = await serve((request, response) => {
      if (request.url === '/cut') {
        response.writeHead(200, {'content-length': '100'})
        response.write('half')
        setImmediate(() => response.destroy())
      } else response.writeHead(Number(request.url!.slice(1))).end()
    })
    await expect(fetchUrl(`${base}/404`, {isAllowed})).rejects.toMatchObject({reason: 'not_found'})
    await expect(fetchUrl(`${base}/403`, {isAllowed})).rejects.toMatchObject({reason: 'unreadable'})
    await expect(fetchUrl(`${base}/500`, {isAllowed})).rejects.toMatchObject({reason: 'unreadable'})
    await expect(fetchUrl(`${base}/cut`, {isAllowed})).rejects.toMatchObject({reason: 'unreadable'})
    const refused = async (): Promise<string[]> => []
    await expect(fetchUrl('http://nowhere.example/', {isAllowed, resolve: refused})).rejects.toMatchObject({
      reason: 'not_found',
    })
  })
})
