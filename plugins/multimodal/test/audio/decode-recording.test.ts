import {execFileSync} from 'node:child_process'
import {describe, expect, it} from 'vitest'
import {cutAtSilence} from '../../src/audio/cut-at-silence.ts'
import {decodeRecording} from '../../src/audio/decode-recording.ts'
import {recordingDuration} from '../../src/audio/recording.ts'
import {mediaTypeOf} from '../../src/media/media-type.ts'
import {encoded, flac} from '../support/encoded-sound.ts'
import {recording, sound} from '../support/sound.ts'

const rate = 16_000
const stretches = [
  {seconds: 8, loud: true},
  {seconds: 1, loud: false},
  {seconds: 6, loud: true},
]
const samples = sound(stretches, rate)

const files: Readonly<Record<string, () => Promise<Uint8Array>>> = {
  WAV: async () => recording(samples, rate).bytes,
  MP3: () => encoded('mp3', samples, rate),
  'Ogg Vorbis': () => encoded('ogg', samples, rate),
  FLAC: async () => flac(samples, rate),
}

async function mediaOf(bytes: Uint8Array) {
  return {source: 'recording', mediaType: mediaTypeOf(bytes)!, bytes}
}

const never = new AbortController().signal

async function soundOf(bytes: Uint8Array, signal = never) {
  let count = 0
  let energy = 0
  let at = 0
  for await (const {channels, sampleRate} of decodeRecording(await mediaOf(bytes), signal)) {
    at = sampleRate
    count += channels[0]!.length
    for (const value of channels[0]!) energy += value * value
  }
  return {seconds: count / at, level: Math.sqrt(energy / count)}
}

describe.each(Object.keys(files))('%s', kind => {
  it('gives its sound and its length', async () => {
    const bytes = await files[kind]!()
    const {seconds, level} = await soundOf(bytes)
    // A lossy encoder adds a frame or two at the ends.
    expect(seconds).toBeGreaterThan(14.9)
    expect(seconds).toBeLessThan(15.3)
    // A tone of 12,000 of 32,768, for 14 of 15 seconds.
    expect(level).toBeCloseTo((12_000 / 32_768 / Math.SQRT2) * Math.sqrt(14 / 15), 1)
    expect(await recordingDuration(await mediaOf(bytes))).toBeCloseTo(15, 0)
  })

  it('is cut in its pause', async () => {
    const media = await mediaOf(await files[kind]!())
    const starts: number[] = []
    for await (const {start} of cutAtSilence(decodeRecording(media, never), {longest: 10})) starts.push(start)
    expect(starts[0]).toBe(0)
    expect(starts[1]).toBeGreaterThan(8.1)
    expect(starts[1]).toBeLessThan(9)
  })

  it('ends when its caller cancels', async () => {
    const cancel = new AbortController()
    cancel.abort()
    await expect(soundOf(await files[kind]!(), cancel.signal)).rejects.toMatchObject({code: 'cancelled'})
  })
})

describe('what is no sound', () => {
  it('is told as such', async () => {
    const broken = new Uint8Array(5_000).fill(7)
    broken.set(Buffer.from('fLaC'))
    await expect(soundOf(broken)).rejects.toMatchObject({code: 'media_unusable'})
  })
})

const hasFfmpeg = (() => {
  try {
    execFileSync('ffmpeg', ['-version'], {stdio: 'ignore'})
    return true
  } catch {
    return false
  }
})()

describe('a recording that only ffmpeg reads', () => {
  /** The first box of an M4A. */
  const m4a = new Uint8Array(2_000)
  m4a.set(Buffer.from('\0\0\0\x20ftypM4A \0\0\0\0M4A mp42isom', 'latin1'))

  it.skipIf(hasFfmpeg)('needs it on the PATH, and says so', async () => {
    await expect(soundOf(m4a)).rejects.toMatchObject({
      code: 'audio_no_decoder',
      exitCode: 9,
      hint: expect.stringContaining('install ffmpeg'),
    })
  })

  it.skipIf(!hasFfmpeg)('is refused by it where it is damaged', async () => {
    await expect(soundOf(m4a)).rejects.toMatchObject({code: 'media_unusable'})
  })
})
