import {execFileSync} from 'node:child_process'
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {createServer} from 'node:http'
import type {AddressInfo} from 'node:net'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {NotFoundError} from '@omni-ops/core/operation'
import sharp from 'sharp'
import {afterAll, beforeAll, describe, expect, onTestFinished, test} from 'vitest'
import {MediaTooLargeError, UnusableMediaError} from '../../src/media/errors.ts'
import {type MediaType, mediaTypeOf, pictureTypes} from '../../src/media/media-type.ts'
import {checkedMedia, readMedia} from '../../src/media/read-media.ts'

const limits = {bytes: 100_000, types: [...pictureTypes, 'application/pdf' as const]}
let directory: string
let png: Buffer

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'omni-media-'))
  png = await sharp({create: {width: 8, height: 8, channels: 3, background: '#ff0000'}})
    .png()
    .toBuffer()
})
afterAll(() => rmSync(directory, {recursive: true, force: true}))

const options = () => ({workingDirectory: directory, signal: new AbortController().signal})
const written = (name: string, content: string | Uint8Array) => {
  writeFileSync(join(directory, name), content)
  return name
}

describe('what a file is', () => {
  test.each<[string, string, MediaType | undefined]>([
    ['PNG', '89504e470d0a1a0a', 'image/png'],
    ['JPEG', 'ffd8ffe000104a46', 'image/jpeg'],
    ['GIF', '474946383961', 'image/gif'],
    ['WebP', '52494646000000005745425056503820', 'image/webp'],
    ['TIFF', '49492a0008000000', 'image/tiff'],
    ['AVIF', '0000002066747970617669660000', 'image/avif'],
    ['HEIC', '0000001c66747970686569630000', 'image/heic'],
    ['PDF', '255044462d312e34', 'application/pdf'],
    ['WAV', '524946460000000057415645', 'audio/wav'],
    ['MP3 with a tag', '49443304', 'audio/mpeg'],
    ['MP3 without one', 'fffb9064', 'audio/mpeg'],
    ['AAC', 'fff15080', 'audio/aac'],
    ['FLAC', '664c6143', 'audio/flac'],
    ['Ogg', '4f676753', 'audio/ogg'],
    ['M4A', '00000020667479704d344120', 'audio/mp4'],
    ['MP4', '000000206674797069736f6d', 'video/mp4'],
    ['WebM', '1a45dfa3', 'audio/webm'],
    ['text', '68656c6c6f', undefined],
    ['nothing', '', undefined],
  ])('%s is told by its first bytes', (_name, hex, expected) => {
    expect(mediaTypeOf(Buffer.from(hex, 'hex'))).toBe(expected)
  })

  test('an SVG is told by its root, after whatever may stand before it', () => {
    for (const text of ['<svg xmlns="x"/>', '<?xml version="1.0"?>\n<!-- a --><!DOCTYPE svg [<!ENTITY a "b">]><svg>']) {
      expect(mediaTypeOf(Buffer.from(text))).toBe('image/svg+xml')
    }
    expect(mediaTypeOf(Buffer.from('<html><svg/></html>'))).toBeUndefined()
  })

  test('its name does not count', async () => {
    expect(await readMedia(written('invoice.pdf', png), limits, options())).toMatchObject({mediaType: 'image/png'})
    await expect(readMedia(written('fake.png', 'no picture'), limits, options())).rejects.toThrow(UnusableMediaError)
    const heic = Buffer.from('0000001c66747970686569630000', 'hex')
    await expect(readMedia(written('a.jpg', heic), limits, options())).rejects.toThrow('image/heic')
  })
})

describe('a file', () => {
  test('that is not there, empty, a directory or too large is refused', async () => {
    await expect(readMedia('nothing.png', limits, options())).rejects.toThrow(NotFoundError)
    await expect(readMedia(written('empty.png', ''), limits, options())).rejects.toThrow('is empty')
    await expect(readMedia('.', limits, options())).rejects.toThrow('no regular file')
    const large = written('large.png', Buffer.concat([png, Buffer.alloc(100_000)]))
    await expect(readMedia(large, limits, options())).rejects.toThrow(MediaTooLargeError)
    expect(() => checkedMedia('x', Buffer.alloc(100_001), limits)).toThrow(MediaTooLargeError)
  })

  test.runIf(process.platform !== 'win32')('that is a pipe or an endless device is not waited for', async () => {
    execFileSync('mkfifo', [join(directory, 'pipe')])
    await expect(readMedia('pipe', limits, options())).rejects.toThrow('no regular file')
    await expect(readMedia('/dev/zero', limits, options())).rejects.toThrow('no regular file')
  })
})

describe('a URL', () => {
  async function serve(body: Uint8Array) {
    const server = createServer((_request, response) => response.end(body))
    await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
    onTestFinished(() => void server.close())
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  }
  const here = {isAllowed: (address: string) => address === '127.0.0.1'}

  test('is fetched, and named without its query', async () => {
    const url = await serve(png)
    const media = await readMedia(`${url}/a.png?signature=hidden`, limits, {...options(), addresses: here})
    expect(media).toMatchObject({mediaType: 'image/png', source: `${url}/a.png`})
  })

  test('does not lead into the network of this machine', async () => {
    const url = await serve(png)
    await expect(readMedia(`${url}/a.png`, limits, options())).rejects.toThrow('not of the public internet')
    await expect(readMedia('http://169.254.169.254/latest', limits, options())).rejects.toThrow('public internet')
  })

  test('brings no more than the limit', async () => {
    const url = await serve(Buffer.concat([png, Buffer.alloc(200_000)]))
    await expect(readMedia(url, limits, {...options(), addresses: here})).rejects.toThrow('larger than')
  })
})
