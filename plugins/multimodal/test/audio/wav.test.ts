import {describe, expect, it} from 'vitest'
import {joinWavs, readWav, wavDuration, writeWav} from '../../src/audio/wav.ts'
import {UnusableMediaError} from '../../src/media/errors.ts'

interface Made {
  readonly tag?: number
  readonly channels?: number
  readonly bits: number
  readonly data: Buffer
  readonly size?: number
  readonly before?: Buffer
}

function wav({tag = 1, channels = 1, bits, data, size = data.length, before = Buffer.alloc(0)}: Made): Uint8Array {
  const format = Buffer.alloc(24)
  format.write('fmt ')
  format.writeUInt32LE(16, 4)
  format.writeUInt16LE(tag, 8)
  format.writeUInt16LE(channels, 10)
  format.writeUInt32LE(8_000, 12)
  format.writeUInt32LE((8_000 * channels * bits) / 8, 16)
  format.writeUInt16LE((channels * bits) / 8, 20)
  format.writeUInt16LE(bits, 22)
  const head = Buffer.alloc(8)
  head.write('data')
  head.writeUInt32LE(size, 4)
  const start = Buffer.from('RIFF....WAVE')
  return new Uint8Array(Buffer.concat([start, format, before, head, data]))
}

const samplesOf = (bytes: Uint8Array) =>
  [...readWav(bytes, 'x.wav')].flatMap(({channels}) => channels.map(channel => [...channel]))

describe('readWav', () => {
  it('reads integers of every width and floats', () => {
    expect(samplesOf(wav({bits: 8, data: Buffer.from([0, 128, 192])}))).toEqual([[-1, 0, 0.5]])
    expect(samplesOf(wav({bits: 16, data: Buffer.from(Int16Array.of(-32_768, 0, 16_384).buffer)}))).toEqual([
      [-1, 0, 0.5],
    ])
    const deep = Buffer.alloc(9)
    deep.writeIntLE(-8_388_608, 0, 3)
    deep.writeIntLE(4_194_304, 3, 3)
    deep.writeIntLE(-2_097_152, 6, 3)
    expect(samplesOf(wav({bits: 24, data: deep}))).toEqual([[-1, 0.5, -0.25]])
    expect(samplesOf(wav({bits: 32, data: Buffer.from(Int32Array.of(-(2 ** 31), 2 ** 30).buffer)}))).toEqual([
      [-1, 0.5],
    ])
    expect(samplesOf(wav({tag: 3, bits: 32, data: Buffer.from(Float32Array.of(-0.5, 0.25).buffer)}))).toEqual([
      [-0.5, 0.25],
    ])
  })

  it('keeps channels apart and jumps over chunks that it does not know', () => {
    const list = Buffer.concat([Buffer.from('LIST'), Buffer.from([3, 0, 0, 0]), Buffer.from('abc\0')])
    const data = Buffer.from(Int16Array.of(16_384, -16_384, 0, 8_192).buffer)
    const bytes = wav({bits: 16, channels: 2, data, before: list})
    expect(samplesOf(bytes)).toEqual([
      [0.5, 0],
      [-0.5, 0.25],
    ])
    expect(wavDuration(bytes, 'x.wav')).toBe(2 / 8_000)
  })

  it('reads to the end where a pipe has left the length open', () => {
    const data = Buffer.from(Int16Array.of(16_384).buffer)
    for (const size of [0, 0x7f_ff_f0_00, 0xff_ff_ff_ff]) {
      expect(samplesOf(wav({bits: 16, data, size}))).toEqual([[0.5]])
    }
  })

  it.each([
    ['a code that it does not know', wav({tag: 6, bits: 8, data: Buffer.alloc(4)})],
    ['no data', wav({bits: 16, data: Buffer.alloc(2)}).subarray(0, 36)],
    ['samples of a strange width', wav({bits: 12, data: Buffer.alloc(4)})],
    ['no channels', wav({bits: 16, channels: 0, data: Buffer.alloc(4)})],
  ])('refuses %s', (_, bytes) => {
    expect(() => samplesOf(bytes)).toThrow(UnusableMediaError)
  })
})

describe('writeWav and joinWavs', () => {
  it('write what is read again, one after the other', () => {
    const first = writeWav(Int16Array.of(1, 2, -3), 16_000)
    const second = writeWav(Int16Array.of(7), 16_000)
    const all = joinWavs([first, second], 'x.wav')
    expect(samplesOf(all)).toEqual([[1, 2, -3, 7].map(value => Math.fround(value / 0x8000))])
    expect(Buffer.from(all).readUInt32LE(4)).toBe(all.length - 8)
    expect(wavDuration(all, 'x.wav')).toBe(4 / 16_000)
  })
})
