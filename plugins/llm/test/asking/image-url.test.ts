import {createServer, type RequestListener} from 'node:http'
import type {AddressInfo} from 'node:net'
import {CancelledError} from '@omni-ops/core/operation'
import {describe, expect, onTestFinished, test} from 'vitest'
import {UnusableImageError} from '../../src/asking/image-file.ts'
import {readImageUrl} from '../../src/asking/image-url.ts'

const png = Buffer.from('\x89PNG\r\n\x1a\n and so on', 'latin1')

/** Of a test, where only this machine's own address may be connected to. */
const here = {isAllowed: (address: string) => address === '127.0.0.1'}

async function serve(handle: RequestListener): Promise<{readonly port: number; readonly paths: string[]}> {
  const paths: string[] = []
  const server = createServer((request, response) => {
    paths.push(request.url ?? '')
    handle(request, response)
  })
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return {port: (server.address() as AddressInfo).port, paths}
}

const picture = () => serve((_, response) => response.end(png))

describe('a picture by URL', () => {
  test('is what its bytes say, whatever its server says, also behind a redirect', async () => {
    const {port, paths} = await serve((request, response) => {
      if (request.url === '/old') response.writeHead(302, {location: '/new'}).end()
      else response.writeHead(200, {'content-type': 'text/html'}).end(png)
    })
    const read = await readImageUrl(`http://127.0.0.1:${port}/old`, here)
    expect(read).toEqual({mediaType: 'image/png', bytes: new Uint8Array(png)})
    expect(paths).toEqual(['/old', '/new'])
  })

  test.each([
    'http://127.0.0.1',
    'http://2130706433',
    'http://0x7f.1',
    'http://localhost',
    'http://10.1.2.3',
    'http://192.168.0.1',
    'http://169.254.169.254',
    'http://[::1]',
    'http://[fe80::1]',
    'http://[fd00:ec2::254]',
    'http://[::ffff:127.0.0.1]',
  ])('is not fetched from %s', async origin => {
    const {port, paths} = await picture()
    await expect(readImageUrl(`${origin}:${port}/latest/meta-data`)).rejects.toThrow('not of the public internet')
    expect(paths).toEqual([])
  })

  test('is not fetched from a host with one address that is private', async () => {
    const {port, paths} = await picture()
    const resolve = async () => ['127.0.0.1', '10.0.0.1']
    await expect(readImageUrl(`http://two.example:${port}`, {...here, resolve})).rejects.toThrow('public internet')
    expect(paths).toEqual([])
  })

  test('is not fetched where a redirect leads to a private address', async () => {
    const inside = await picture()
    const {port, paths} = await serve((_, response) =>
      response.writeHead(302, {location: `http://127.0.0.2:${inside.port}/secret`}).end(),
    )
    await expect(readImageUrl(`http://127.0.0.1:${port}/`, here)).rejects.toThrow('public internet')
    expect([paths, inside.paths]).toEqual([['/'], []])
  })

  test('comes from the address that was checked, though the name leads elsewhere a moment later', async () => {
    const {port, paths} = await serve((request, response) => {
      if (request.url === '/again') response.writeHead(302, {location: '/'}).end()
      else response.end(png)
    })
    const rebinding = () => {
      const answers = [['127.0.0.1'], ['127.0.0.2']]
      return async () => answers.shift() ?? []
    }
    const url = `http://rebinding.example:${port}`
    expect(await readImageUrl(`${url}/`, {...here, resolve: rebinding()})).toMatchObject({mediaType: 'image/png'})
    await expect(readImageUrl(`${url}/again`, {...here, resolve: rebinding()})).rejects.toThrow('public internet')
    expect(paths).toEqual(['/', '/again'])
  })

  test.each([
    ['file:///etc/passwd', 'neither http nor https'],
    ['data:image/png;base64,', 'neither http nor https'],
    ['http://', 'no valid URL'],
  ])('is not read from %s', async (location, why) => {
    const {port} = await serve((_, response) => response.writeHead(301, {location}).end())
    await expect(readImageUrl(location, here)).rejects.toThrow(why)
    await expect(readImageUrl(`http://127.0.0.1:${port}`, here)).rejects.toThrow(why)
  })

  test('redirects a few times at most', async () => {
    const {port, paths} = await serve((_, response) => response.writeHead(302, {location: '/'}).end())
    await expect(readImageUrl(`http://127.0.0.1:${port}`, here)).rejects.toThrow('redirects more than 3 times')
    expect(paths).toHaveLength(4)
  })

  test.each([true, false])('is no larger than the limit (its length is told: %s)', async told => {
    const {port} = await serve((_, response) => {
      if (told) response.setHeader('content-length', 2000)
      response.write(png)
      response.end(Buffer.alloc(2000 - png.length))
    })
    const url = `http://127.0.0.1:${port}`
    await expect(readImageUrl(url, {...here, largest: 1999})).rejects.toThrow('is larger than')
    expect((await readImageUrl(url, {...here, largest: 2000})).bytes).toHaveLength(2000)
  })

  test.each(['<svg xmlns="http://www.w3.org/2000/svg"/>', 'GIF', ''])('is a picture: %j is none', async text => {
    const {port} = await serve((_, response) => response.writeHead(200, {'content-type': 'image/png'}).end(text))
    await expect(readImageUrl(`http://127.0.0.1:${port}`, here)).rejects.toThrow('is no PNG, JPEG, WebP or GIF')
  })

  test('of what is none, no more than the beginning is read', async () => {
    const closed = Promise.withResolvers<void>()
    const {port} = await serve((_, response) => {
      response.on('close', closed.resolve)
      response.write('<!doctype html><title>')
    })
    await expect(readImageUrl(`http://127.0.0.1:${port}`, here)).rejects.toThrow('is no PNG')
    await closed.promise
  })

  test.each([
    ['a server', {}, '127.0.0.1'],
    ['a name server', {resolve: () => new Promise<never>(() => undefined)}, 'silent.example'],
  ])('is not waited for longer than the limit where %s is silent', async (_, rules, host) => {
    const {port} = await serve(() => undefined)
    const url = `http://${host}:${port}`
    await expect(readImageUrl(url, {...here, ...rules, timeout: 30})).rejects.toThrow('did not come within 0.03 s')
    const signal = AbortSignal.abort()
    await expect(readImageUrl(url, {...here, ...rules, signal})).rejects.toThrow(CancelledError)
  })

  test('that is cut off, or not there, is an error that repeats no secret of the address', async () => {
    const {port} = await serve((request, response) => {
      if (request.url?.startsWith('/gone')) return response.writeHead(404).end()
      response.setHeader('content-length', 1000)
      response.write(png, () => response.destroy())
    })
    for (const path of ['gone', 'cut']) {
      const failed = readImageUrl(`http://user:hidden@127.0.0.1:${port}/${path}?signature=hidden`, here)
      await expect(failed).rejects.toThrow(UnusableImageError)
      await expect(failed).rejects.toThrow(/^(?!.*hidden)/s)
    }
  })
})
