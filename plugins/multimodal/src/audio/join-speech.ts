import {UnusableAnswerError} from '../providers/exchange.ts'
import {mp3Stream} from './mp3-frames.ts'
import {type SpeechFormat, UnsupportedSpeechError} from './speech-provider.ts'
import {joinWavs, wavDuration, writeWav} from './wav.ts'

/** Samples a second of the PCM that vendors send: 16 bits, one channel, little-endian. */
export const pcmRate = 24_000

/** Of which the parts can be put together to one file that plays from its beginning to its end. */
const joinable: readonly SpeechFormat[] = ['mp3', 'wav', 'pcm', 'aac', 'opus']

/** @throws UnsupportedSpeechError for a text that takes several requests, in a format whose files cannot be joined */
export function assertJoinable(format: SpeechFormat, parts: number): void {
  if (parts <= 1 || joinable.includes(format)) return
  throw new UnsupportedSpeechError(
    `The text takes ${parts} requests, whose ${format.toUpperCase()} files are no one file`,
    {
      hint: `take one of ${joinable.join(', ')}`,
    },
  )
}

/**
 * Speech in parts as one file. MP3 frames follow each other without their tags; ADTS frames of AAC stand for themselves
 * (ISO/IEC 13818-7, 6.2); Ogg streams may be chained (RFC 3533, section 4).
 *
 * @throws UnusableAnswerError for what is not of its format
 */
export function joinSpeech(parts: readonly Uint8Array[], format: SpeechFormat): Uint8Array {
  if (parts.length === 1) return parts[0]!
  switch (format) {
    case 'wav':
      return joinWavs(parts, 'The speech')
    case 'mp3':
      return Buffer.concat(parts.map(part => framesOf(part).frames))
    default:
      return Buffer.concat(parts)
  }
}

/** PCM as a WAV. */
export function wavOfPcm(pcm: Uint8Array): Uint8Array {
  const aligned = Uint8Array.from(pcm.subarray(0, pcm.length - (pcm.length % 2)))
  return writeWav(new Int16Array(aligned.buffer), pcmRate)
}

/** The length of speech in seconds; undefined for a format whose headers do not say. */
export function speechDuration(bytes: Uint8Array, format: SpeechFormat): number | undefined {
  switch (format) {
    case 'wav':
      return wavDuration(bytes, 'The speech')
    case 'pcm':
      return bytes.length / 2 / pcmRate
    case 'mp3':
      return mp3Stream(bytes)?.duration
    default:
      return undefined
  }
}

function framesOf(part: Uint8Array) {
  const stream = mp3Stream(part)
  if (stream === undefined) throw new UnusableAnswerError('The speech is no MP3')
  return stream
}
