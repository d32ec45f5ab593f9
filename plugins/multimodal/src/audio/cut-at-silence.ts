import type {Pcm} from './wav.ts'

/** A stretch of one channel. */
export interface SoundPiece {
  /** Seconds from the beginning of the whole. */
  readonly start: number
  readonly samples: Int16Array
  readonly sampleRate: number
}

export interface CutOptions {
  /** Seconds that no piece is longer than. */
  readonly longest: number
}

/** A pause between sentences is at least that long, in seconds. */
const pause = 0.4
/** Energy is looked at in steps of that many seconds. */
const step = 0.02
/** The cut is looked for in this last part of a piece. */
const searched = 0.25

/**
 * Cuts sound into pieces that are no longer than is allowed, each but the last at its quietest moment near the end, so
 * that no word is cut in two where there is a pause. The pieces together are the whole: not a sample is lost or there
 * twice. Several channels become one.
 */
export async function* cutAtSilence(sound: AsyncIterable<Pcm>, {longest}: CutOptions): AsyncGenerator<SoundPiece> {
  let kept: Int16Array | undefined
  let filled = 0
  let given = 0
  let rate = 0
  for await (const pcm of sound) {
    rate = pcm.sampleRate
    const room = Math.floor(longest * rate)
    kept ??= new Int16Array(room)
    const mono = oneChannel(pcm)
    for (let at = 0; at < mono.length;) {
      const taken = Math.min(room - filled, mono.length - at)
      kept.set(mono.subarray(at, at + taken), filled)
      filled += taken
      at += taken
      if (filled < room) continue
      const end = quietestEnd(kept, rate)
      yield {start: given / rate, samples: kept.slice(0, end), sampleRate: rate}
      kept.copyWithin(0, end, filled)
      given += end
      filled -= end
    }
  }
  if (kept && filled > 0) yield {start: given / rate, samples: kept.slice(0, filled), sampleRate: rate}
}

function oneChannel({channels}: Pcm): Int16Array {
  const [first] = channels
  return Int16Array.from(first!, (_, index) => {
    let sum = 0
    for (const channel of channels) sum += channel[index]!
    return Math.round(Math.max(-1, Math.min(1, sum / channels.length)) * 0x7fff)
  })
}

/** Where a full piece ends: the middle of the quietest stretch as long as a pause, the latest of several. */
function quietestEnd(samples: Int16Array, rate: number): number {
  const window = Math.max(1, Math.floor(step * rate))
  const windows = Math.max(1, Math.round(pause / step))
  const from = Math.floor(samples.length * (1 - searched))
  const energies: number[] = []
  for (let at = from; at + window <= samples.length; at += window) {
    let energy = 0
    for (let index = at; index < at + window; index++) energy += samples[index]! ** 2
    energies.push(energy)
  }
  if (energies.length <= windows) return samples.length
  let sum = energies.slice(0, windows).reduce((all, each) => all + each, 0)
  let least = sum
  let best = 0
  for (let at = 1; at + windows <= energies.length; at++) {
    sum += energies[at + windows - 1]! - energies[at - 1]!
    if (sum > least) continue
    least = sum
    best = at
  }
  return from + (best + Math.floor(windows / 2)) * window
}
