import {UnusableMediaError} from '../media/errors.ts'

/** Sound as numbers from -1 to 1: one channel, or several side by side. */
export interface Pcm {
  readonly channels: readonly Float32Array[]
  readonly sampleRate: number
}

/** How the samples of a WAV lie. */
interface WavFormat {
  readonly encoding: 'integer' | 'float'
  readonly channels: number
  readonly sampleRate: number
  readonly bits: number
}

/** Codes of `wFormatTag` (RFC 2361, appendix A; WAVEFORMATEXTENSIBLE of Microsoft's mmreg.h). */
const pcmFormat = 1
const floatFormat = 3
const extensibleFormat = 0xfffe

/** Frames that are read at once. */
const framesAtOnce = 65_536

/**
 * Reads the samples of a WAV piece by piece: RIFF with a `fmt ` and a `data` chunk (Multimedia Programming Interface and
 * Data Specifications 1.0, IBM and Microsoft 1991), with integers of 8 to 32 bits or floats of 32 or 64. A `data` chunk
 * whose length is not filled in, as programs write it into a pipe, reaches to the end.
 *
 * @throws UnusableMediaError
 */
export function* readWav(bytes: Uint8Array, source: string): Generator<Pcm> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const {format, from, to} = chunksOf(view, source)
  const width = format.bits / 8
  const frame = width * format.channels
  const read = sampleReader(view, format, source)
  for (let at = from; at + frame <= to; at += framesAtOnce * frame) {
    const frames = Math.min(framesAtOnce, Math.floor((to - at) / frame))
    const channels = Array.from({length: format.channels}, (_, channel) =>
      Float32Array.from({length: frames}, (_sample, index) => read(at + index * frame + channel * width)),
    )
    yield {channels, sampleRate: format.sampleRate}
  }
}

/** The length of a WAV in seconds. @throws UnusableMediaError */
export function wavDuration(bytes: Uint8Array, source: string): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const {format, from, to} = chunksOf(view, source)
  return Math.floor((to - from) / ((format.bits / 8) * format.channels)) / format.sampleRate
}

/** One channel of 16 bits as a WAV. */
export function writeWav(samples: Int16Array, sampleRate: number): Uint8Array {
  const data = samples.byteLength
  const view = new DataView(new ArrayBuffer(44 + data))
  const text = (at: number, words: string) => {
    for (const [index, letter] of [...words].entries()) view.setUint8(at + index, letter.charCodeAt(0))
  }
  text(0, 'RIFF')
  view.setUint32(4, 36 + data, true)
  text(8, 'WAVEfmt ')
  view.setUint32(16, 16, true)
  view.setUint16(20, pcmFormat, true)
  view.setUint16(22, 1, true)
  view.setUint32(24, sampleRate, true)
  view.setUint32(28, sampleRate * 2, true)
  view.setUint16(32, 2, true)
  view.setUint16(34, 16, true)
  text(36, 'data')
  view.setUint32(40, data, true)
  for (const [index, sample] of samples.entries()) view.setInt16(44 + index * 2, sample, true)
  return new Uint8Array(view.buffer)
}

/** The samples of a WAV with the header in front of them taken off, and that header. @throws UnusableMediaError */
export function wavParts(bytes: Uint8Array, source: string): {readonly head: Uint8Array; readonly data: Uint8Array} {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const {from, to} = chunksOf(view, source)
  return {head: bytes.subarray(0, from), data: bytes.subarray(from, to)}
}

/** WAVs of one format as one. @throws UnusableMediaError */
export function joinWavs(parts: readonly Uint8Array[], source: string): Uint8Array {
  const [first, ...rest] = parts.map(part => wavParts(part, source))
  const data = [first!, ...rest].map(part => part.data)
  const size = data.reduce((sum, {length}) => sum + length, 0)
  const head = Uint8Array.from(first!.head)
  const view = new DataView(head.buffer)
  view.setUint32(4, head.length - 8 + size, true)
  view.setUint32(head.length - 4, size, true)
  return Buffer.concat([head, ...data])
}

function chunksOf(view: DataView, source: string): {format: WavFormat; from: number; to: number} {
  let format: WavFormat | undefined
  for (let at = 12; at + 8 <= view.byteLength;) {
    const name = String.fromCodePoint(...[0, 1, 2, 3].map(index => view.getUint8(at + index)))
    const size = view.getUint32(at + 4, true)
    const from = at + 8
    if (name === 'fmt ') format = formatAt(view, from, size, source)
    if (name === 'data') {
      if (format === undefined) break
      const isOpen = size === 0 || size >= 0x7f_ff_00_00
      return {format, from, to: isOpen ? view.byteLength : Math.min(from + size, view.byteLength)}
    }
    // Chunks begin at even places.
    at = from + size + (size % 2)
  }
  throw new UnusableMediaError(`${source} is a WAV without sound in it`)
}

function formatAt(view: DataView, at: number, size: number, source: string): WavFormat {
  if (size < 16 || at + size > view.byteLength) throw new UnusableMediaError(`${source} is a WAV that is cut off`)
  const tag = view.getUint16(at, true)
  // The first two bytes of the sub-format's GUID are the code that an ordinary header has.
  const code = tag === extensibleFormat && size >= 40 ? view.getUint16(at + 24, true) : tag
  const format = {
    encoding: code === floatFormat ? ('float' as const) : ('integer' as const),
    channels: view.getUint16(at + 2, true),
    sampleRate: view.getUint32(at + 4, true),
    bits: view.getUint16(at + 14, true),
  }
  const bits = format.encoding === 'float' ? [32, 64] : [8, 16, 24, 32]
  const isKnown = (code === pcmFormat || code === floatFormat) && bits.includes(format.bits)
  const isSound = format.channels >= 1 && format.channels <= 64 && format.sampleRate >= 1_000
  if (isKnown && isSound && format.sampleRate <= 768_000) return format
  throw new UnusableMediaError(`${source} is a WAV of a kind that is not read (format ${code}, ${format.bits} bits)`, {
    hint: 'save it as PCM of 16 bits',
  })
}

function sampleReader(view: DataView, {encoding, bits}: WavFormat, source: string): (at: number) => number {
  if (encoding === 'float') return bits === 32 ? at => view.getFloat32(at, true) : at => view.getFloat64(at, true)
  switch (bits) {
    case 8:
      return at => (view.getUint8(at) - 128) / 128
    case 16:
      return at => view.getInt16(at, true) / 0x8000
    case 24:
      return at => (view.getUint16(at, true) / 0x1_00 + view.getInt8(at + 2) * 0x1_00) / 0x80_00
    case 32:
      return at => view.getInt32(at, true) / 0x80_00_00_00
  }
  throw new UnusableMediaError(`${source} has samples of ${bits} bits`)
}
