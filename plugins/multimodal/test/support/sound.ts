import {type Pcm, writeWav} from '../../src/audio/wav.ts'

/** Tones and silences one after the other: seconds of each, a tone of 440 Hz where it is loud. */
export function sound(
  stretches: readonly {readonly seconds: number; readonly loud: boolean}[],
  rate = 8_000,
): Int16Array {
  const all = stretches.flatMap(({seconds, loud}) => {
    const count = Math.round(seconds * rate)
    return Array.from({length: count}, (_, index) =>
      loud ? Math.round(Math.sin((index * 2 * Math.PI * 440) / rate) * 12_000) : 0,
    )
  })
  return Int16Array.from(all)
}

export function recording(samples: Int16Array, rate = 8_000) {
  return {source: 'recording.wav', mediaType: 'audio/wav' as const, bytes: writeWav(samples, rate)}
}

/** Samples as a decoder gives them, in pieces of any length. */
export async function* pcmOf(samples: Int16Array, rate: number, piece = 1_000): AsyncGenerator<Pcm> {
  for (let at = 0; at < samples.length; at += piece) {
    yield {channels: [Float32Array.from(samples.subarray(at, at + piece), value => value / 0x7fff)], sampleRate: rate}
  }
}
