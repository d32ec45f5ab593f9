import {createServer} from 'node:http'
import type {AddressInfo} from 'node:net'
import {deflateSync} from 'node:zlib'
import fc from 'fast-check'
import sharp from 'sharp'
import {describe, expect, onTestFinished, test} from 'vitest'
import {MediaTooLargeError, UnusableMediaError} from '../../src/media/errors.ts'
import {mediaTypeOf} from '../../src/media/media-type.ts'
import {decoded, defaultPictureLimits, inspectPicture, openPicture} from '../../src/media/picture.ts'
import {pictureForUpload, type UploadOptions} from '../../src/media/picture-for-upload.ts'
import type {Media} from '../../src/media/read-media.ts'

const mediaOf = (bytes: Uint8Array): Media => ({source: 'a picture', mediaType: mediaTypeOf(bytes)!, bytes})
const svg = (inner: string, root = 'width="40" height="40"') =>
  mediaOf(Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" ${root}>${inner}</svg>`))
const pixels = async (media: Media) => {
  const image = await openPicture(media, defaultPictureLimits)
  return image.flatten({background: '#ffffff'}).toColourspace('b-w').raw().toBuffer()
}

/** A PNG whose head claims a size, and whose pixels are as many zeros, packed. */
function pngOf(width: number, height: number): Buffer {
  const chunk = (type: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
    const frame = Buffer.alloc(4)
    frame.writeUInt32BE(data.length)
    const sum = Buffer.alloc(4)
    sum.writeUInt32BE(crc(body))
    return Buffer.concat([frame, body, sum])
  }
  const head = Buffer.alloc(13)
  head.writeUInt32BE(width, 0)
  head.writeUInt32BE(height, 4)
  head.set([8, 0, 0, 0, 0], 8)
  const rows = deflateSync(Buffer.alloc(Math.min(50_000_000, (width + 1) * height)), {level: 9})
  return Buffer.concat([
    Buffer.from('89504e470d0a1a0a', 'hex'),
    chunk('IHDR', head),
    chunk('IDAT', rows),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

function crc(data: Buffer): number {
  let sum = 0xffffffff
  for (const byte of data) {
    sum ^= byte
    for (let bit = 0; bit < 8; bit++) sum = (sum >>> 1) ^ (sum & 1 ? 0xedb88320 : 0)
  }
  return (sum ^ 0xffffffff) >>> 0
}

/** A photograph that was taken on its side, with the place in it. */
const photograph = async () =>
  sharp({create: {width: 60, height: 20, channels: 3, background: '#3366cc'}})
    .jpeg()
    .withExif({
      IFD0: {Artist: 'Ana Novak', Software: 'camera'},
      IFD3: {GPSLatitudeRef: 'N', GPSLatitude: '46/1 3/1 0/1', GPSLongitudeRef: 'E', GPSLongitude: '14/1 30/1 0/1'},
    })
    .withMetadata({orientation: 6})
    .toBuffer()

describe('a decompression bomb', () => {
  test('is refused by its head, before any of it is unpacked', async () => {
    const bomb = pngOf(60_000, 60_000)
    expect(bomb.length).toBeLessThan(100_000)
    await expect(inspectPicture(mediaOf(bomb), defaultPictureLimits)).rejects.toThrow(MediaTooLargeError)
    const opened = openPicture(mediaOf(bomb), defaultPictureLimits)
    await expect(decoded('a bomb', async () => (await opened).raw().toBuffer())).rejects.toThrow(MediaTooLargeError)
  })

  test('of many pages is refused, and of a moving picture one frame is read', async () => {
    const frame = await sharp({create: {width: 4, height: 4, channels: 3, background: '#000000'}})
      .png()
      .toBuffer()
    const book = await sharp(
      Array.from({length: 12}, () => frame),
      {join: {animated: true}},
    )
      .tiff()
      .toBuffer()
    expect(await inspectPicture(mediaOf(book), defaultPictureLimits)).toMatchObject({pages: 12, height: 4})
    await expect(inspectPicture(mediaOf(book), {...defaultPictureLimits, pages: 11})).rejects.toThrow('12 pages')
    const film = await sharp([frame, frame, frame], {join: {animated: true}})
      .gif()
      .toBuffer()
    expect(await inspectPicture(mediaOf(film), {...defaultPictureLimits, pages: 1})).toMatchObject({pages: 1})
    expect(await pixels(mediaOf(film))).toHaveLength(16)
  })

  test('that is an SVG of a huge size is refused', async () => {
    const huge = svg('<rect width="9" height="9"/>', 'width="90000" height="90000"')
    await expect(inspectPicture(huge, defaultPictureLimits)).rejects.toThrow(UnusableMediaError)
  })
})

describe('an SVG', () => {
  test('that is a drawing is drawn', async () => {
    const drawing = svg('<defs><path id="p" d="M0 0h40v40h-40z"/></defs><use href="#p" fill="url(#none)"/>')
    expect(await inspectPicture(drawing, defaultPictureLimits)).toMatchObject({width: 107, height: 107})
    const link = svg('<a href="https://example.org/"><rect width="40" height="40"/></a>')
    expect((await pixels(link)).every(shade => shade === 0)).toBe(true)
  })

  test.each([
    ['a picture by URL', '<image href="http://169.254.169.254/latest" width="9" height="9"/>'],
    ['a picture by its old name', "<image xlink:href='file:///etc/passwd'/>"],
    ['a picture without quotes', '<image href=//example.org/a.png />'],
    ['a part of another file', '<use href="other.svg#part"/>'],
    ['a filter of another file', '<feImage href="https://example.org/a.png"/>'],
    ['a style by URL', '<style>@import "https://example.org/a.css";</style>'],
    ['a fill by URL', '<rect fill="url(https://example.org/a.svg#x)"/>'],
    ['a picture that is an SVG itself', '<image href="data:image/svg+xml;base64,PHN2Zy8+"/>'],
    ['a script', '<script>alert(1)</script>'],
    ['a document', '<foreignObject><p>x</p></foreignObject>'],
  ])('with %s is refused', async (_name, inner) => {
    await expect(inspectPicture(svg(inner), defaultPictureLimits)).rejects.toThrow(UnusableMediaError)
  })

  test('with entities, a style sheet beside it, or in another encoding is refused', async () => {
    const laughs = '<!DOCTYPE svg [<!ENTITY a "aaaaaaaa"><!ENTITY b "&a;&a;&a;">]><svg width="9" height="9">&b;</svg>'
    const sheet = '<?xml-stylesheet href="https://example.org/a.css"?><svg/>'
    for (const text of [laughs, sheet]) {
      const media = {source: 'a', mediaType: 'image/svg+xml', bytes: Buffer.from(text)} as const
      await expect(inspectPicture(media, defaultPictureLimits)).rejects.toThrow(UnusableMediaError)
    }
    const wide = {source: 'a', mediaType: 'image/svg+xml', bytes: Buffer.from('<svg/>', 'utf16le')} as const
    await expect(
      inspectPicture({...wide, bytes: Buffer.concat([Buffer.from([0xff, 0xfe]), wide.bytes])}, defaultPictureLimits),
    ).rejects.toThrow('UTF-8')
  })

  test('loads nothing even where its guard is passed by', async () => {
    let asked = 0
    const server = createServer((_request, response) => {
      asked++
      response.end()
    })
    await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
    onTestFinished(() => void server.close())
    const {port} = server.address() as AddressInfo
    const media = svg(`<image href="http://127.0.0.1:${port}/a.png" width="40" height="40"/>`)
    await (await openPicture(media, defaultPictureLimits)).png().toBuffer()
    expect(asked).toBe(0)
  })
})

describe('a picture for upload', () => {
  const options: UploadOptions = {
    limits: defaultPictureLimits,
    types: ['image/png', 'image/jpeg', 'image/webp'],
    keepMetadata: false,
    longestSide: 100,
  }

  test('goes without the place, the time and the name in it, and upright', async () => {
    const media = mediaOf(await photograph())
    expect((await sharp(media.bytes).metadata()).exif).toBeDefined()
    const sent = await pictureForUpload(media, options)
    expect(await sharp(sent.bytes).metadata()).toMatchObject({width: 20, height: 60, format: 'jpeg'})
    expect((await sharp(sent.bytes).metadata()).exif).toBeUndefined()
    expect(Buffer.from(sent.bytes).includes('Ana Novak')).toBe(false)
  })

  test('keeps them where that is wanted', async () => {
    const media = mediaOf(await photograph())
    expect(await pictureForUpload(media, {...options, keepMetadata: true})).toBe(media)
    const smaller = await pictureForUpload(media, {...options, keepMetadata: true, longestSide: 30})
    expect(Buffer.from(smaller.bytes).includes('Ana Novak')).toBe(true)
  })

  test('is sent to the bit where nothing is to be changed', async () => {
    const plain = await sharp({create: {width: 9, height: 9, channels: 3, background: '#112233'}})
      .png()
      .toBuffer()
    const media = mediaOf(plain)
    expect(await pictureForUpload(media, options)).toBe(media)
  })

  test('loses texts and comments of other kinds too', async () => {
    const jpeg = await sharp({create: {width: 9, height: 9, channels: 3, background: '#112233'}})
      .jpeg()
      .toBuffer()
    const comment = Buffer.from('\u0000\u0010Ana Novak 1234', 'latin1')
    const commented = Buffer.concat([jpeg.subarray(0, 2), Buffer.from([0xff, 0xfe]), comment, jpeg.subarray(2)])
    const sent = await pictureForUpload(mediaOf(commented), options)
    expect(Buffer.from(sent.bytes).includes('Ana Novak')).toBe(false)
    expect(await sharp(sent.bytes).metadata()).toMatchObject({format: 'jpeg', width: 9})
  })

  test('is made smaller, and a kind that its receiver takes', async () => {
    const tiff = await sharp({create: {width: 400, height: 200, channels: 3, background: '#112233'}})
      .tiff()
      .toBuffer()
    const sent = await pictureForUpload(mediaOf(tiff), options)
    expect(sent.mediaType).toBe('image/png')
    expect(await sharp(sent.bytes).metadata()).toMatchObject({width: 100, height: 50})
  })

  test('that has several pages keeps them where its receiver takes such', async () => {
    const page = await sharp({create: {width: 9, height: 9, channels: 3, background: '#112233'}})
      .png()
      .toBuffer()
    const book = await sharp([page, page], {join: {animated: true}})
      .tiff()
      .withExif({IFD0: {Artist: 'Ana Novak'}})
      .toBuffer()
    const sent = await pictureForUpload(mediaOf(book), {...options, types: ['image/tiff']})
    expect(await inspectPicture(sent, defaultPictureLimits)).toMatchObject({pages: 2, hasMetadata: false})
    expect(Buffer.from(sent.bytes).includes('Ana Novak')).toBe(false)
  })
})

test('a damaged picture is told as such, whatever is wrong with it', async () => {
  const formats = await Promise.all(
    (['png', 'jpeg', 'webp', 'gif', 'tiff', 'avif'] as const).map(format =>
      sharp({create: {width: 40, height: 30, channels: 3, background: '#8899aa'}})
        .toFormat(format)
        .toBuffer(),
    ),
  )
  const damage = fc.oneof(
    fc.record({keep: fc.double({min: 0.05, max: 0.95, noNaN: true})}),
    fc.record({at: fc.double({min: 0, max: 0.99, noNaN: true}), byte: fc.integer({min: 0, max: 255})}),
  )
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...formats),
      fc.array(damage, {minLength: 1, maxLength: 6}),
      async (whole, marks) => {
        let bytes = Buffer.from(whole)
        for (const mark of marks) {
          if ('keep' in mark) bytes = bytes.subarray(0, Math.max(20, Math.floor(bytes.length * mark.keep)))
          else bytes[Math.floor(bytes.length * mark.at)] = mark.byte
        }
        const mediaType = mediaTypeOf(bytes)
        if (mediaType === undefined) return
        const media = {source: 'damaged', mediaType, bytes}
        const read = async () => {
          await inspectPicture(media, defaultPictureLimits)
          const image = await openPicture(media, defaultPictureLimits)
          await decoded('damaged', () => image.raw().toBuffer())
        }
        // Some damage is not seen; what is seen is no other error.
        await read().catch((error: unknown) => expect(error).toBeInstanceOf(UnusableMediaError))
      },
    ),
    {numRuns: Number(process.env.OMNI_FUZZ_RUNS ?? 120)},
  )
})
