import type {SoundPiece} from './cut-at-silence.ts'
import type {KnownSpeaker} from './openai-transcription.ts'
import type {Transcript} from './transcript.ts'
import {writeWav} from './wav.ts'

/** What a sample may be, in seconds, and how many voices are known again (openai 7.57.0, `known_speaker_references`). */
const shortest = 2
const longest = 10
const most = 4

/**
 * Keeps a sample of each voice that a piece has and that is not known yet: its longest stretch. With it the next piece
 * gives the same voice the same name; without, each would begin with `A` again.
 */
export function speakerSamples(
  {segments}: Pick<Transcript, 'segments'>,
  {samples, sampleRate}: Omit<SoundPiece, 'start'>,
  known: Map<string, KnownSpeaker>,
): void {
  const stretches = segments
    .filter(({start, end}) => end - start >= shortest)
    .toSorted((one, other) => other.end - other.start - (one.end - one.start))
  for (const {speaker, start, end} of stretches) {
    if (speaker === null || known.has(speaker) || known.size >= most) continue
    const from = Math.floor(start * sampleRate)
    const to = Math.floor(Math.min(end, start + longest) * sampleRate)
    const stretch = samples.subarray(from, to)
    if (stretch.length < shortest * sampleRate) continue
    const bytes = writeWav(stretch, sampleRate)
    known.set(speaker, {name: speaker, sample: {source: speaker, mediaType: 'audio/wav', bytes}})
  }
}
