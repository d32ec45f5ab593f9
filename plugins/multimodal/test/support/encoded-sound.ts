import {createMp3Encoder, createOggEncoder} from 'wasm-media-encoders'

/** Sound as a real encoder packs it. */
export async function encoded(kind: 'mp3' | 'ogg', samples: Int16Array, sampleRate: 8_000 | 16_000 | 44_100) {
  const encoder = kind === 'mp3' ? await createMp3Encoder() : await createOggEncoder()
  encoder.configure({channels: 1, sampleRate, vbrQuality: kind === 'mp3' ? 4 : 3})
  const pieces: Buffer[] = []
  for (let at = 0; at < samples.length; at += 4_096) {
    const part = Float32Array.from(samples.subarray(at, at + 4_096), value => value / 0x8000)
    // The encoder gives the same memory each time.
    pieces.push(Buffer.from(encoder.encode([part])))
  }
  pieces.push(Buffer.from(encoder.finalize()))
  return new Uint8Array(Buffer.concat(pieces))
}

/**
 * Sound as FLAC that packs nothing: frames of 4,096 samples at most, one channel of 16 bits, verbatim (RFC 9639, sections
 * 8.2, 9.1 and 9.2.4).
 */
export function flac(samples: Int16Array, sampleRate: 8_000 | 16_000): Uint8Array {
  const info = Buffer.alloc(38)
  info[0] = 0x80
  info.writeUIntBE(34, 1, 3)
  info.writeUInt16BE(4_096, 4)
  info.writeUInt16BE(4_096, 6)
  // 20 bits of rate, 3 of channels less one, 5 of bits less one, 36 of samples.
  info.writeBigUInt64BE((BigInt(sampleRate) << 44n) | (15n << 36n) | BigInt(samples.length), 14)
  const frames: Buffer[] = []
  for (let at = 0, number = 0; at < samples.length; at += 4_096, number++) {
    frames.push(flacFrame(samples.subarray(at, at + 4_096), number, sampleRate))
  }
  return new Uint8Array(Buffer.concat([Buffer.from('fLaC'), info, ...frames]))
}

function flacFrame(samples: Int16Array, number: number, sampleRate: 8_000 | 16_000): Buffer {
  const rate = sampleRate === 8_000 ? 0x4 : 0x5
  // A block size of 16 bits less one follows the number; one channel; 16 bits.
  const head = Buffer.from([0xff, 0xf8, 0x70 | rate, 0x08, ...utf8(number), 0, 0])
  head.writeUInt16BE(samples.length - 1, head.length - 2)
  const body = Buffer.alloc(1 + samples.length * 2)
  body[0] = 0x02
  for (const [index, sample] of samples.entries()) body.writeInt16BE(sample, 1 + index * 2)
  const checked = Buffer.concat([head, Buffer.from([crc(head, 8, 0x07)]), body])
  const end = Buffer.alloc(2)
  end.writeUInt16BE(crc(checked, 16, 0x8005))
  return Buffer.concat([checked, end])
}

function utf8(number: number): number[] {
  return number < 0x80 ? [number] : [0xc0 | (number >> 6), 0x80 | (number & 0x3f)]
}

function crc(bytes: Uint8Array, width: 8 | 16, polynomial: number): number {
  const top = 1 << (width - 1)
  const mask = width === 8 ? 0xff : 0xffff
  let value = 0
  for (const byte of bytes) {
    value ^= byte << (width - 8)
    for (let bit = 0; bit < 8; bit++) value = (value & top ? (value << 1) ^ polynomial : value << 1) & mask
  }
  return value
}
