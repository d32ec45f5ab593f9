import {promisify} from 'node:util'
import {crc32, deflate} from 'node:zlib'

const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
/** Colour types of the header (PNG, third edition, 11.2.1). */
const greyscale = 0
const truecolour = 2

/**
 * A picture as PNG, in greys where it has no colour, and with nothing in it but its pixels.
 * @param pixels three bytes for each pixel, row by row: red, green, blue
 */
export async function pngOf(pixels: Uint8Array, width: number, height: number): Promise<Buffer> {
  const samples = isGrey(pixels) ? 1 : 3
  const rows = Buffer.alloc((width * samples + 1) * height)
  for (let row = 0; row < height; row++) {
    const from = row * width * 3
    // The filter of each row, none, is the byte before it.
    const to = row * (width * samples + 1) + 1
    if (samples === 3) rows.set(pixels.subarray(from, from + width * 3), to)
    else for (let at = 0; at < width; at++) rows[to + at] = pixels[from + at * 3] as number
  }
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.set([8, samples === 1 ? greyscale : truecolour, 0, 0, 0], 8)
  const compressed = await promisify(deflate)(rows)
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', compressed), chunk('IEND', Buffer.alloc(0))])
}

function isGrey(pixels: Uint8Array): boolean {
  for (let at = 0; at < pixels.length; at += 3) {
    if (pixels[at] !== pixels[at + 1] || pixels[at] !== pixels[at + 2]) return false
  }
  return true
}

/** Length, type, data, and a check over type and data (5.3). */
function chunk(type: string, data: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const length = Buffer.alloc(4)
  length.writeUInt32BE(data.length)
  const check = Buffer.alloc(4)
  check.writeUInt32BE(crc32(named))
  return Buffer.concat([length, named, check])
}
