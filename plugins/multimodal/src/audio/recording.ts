import {MediaTooLargeError, UnusableMediaError} from '../media/errors.ts'
import type {MediaType} from '../media/media-type.ts'
import type {Media} from '../media/read-media.ts'
import {wavDuration} from './wav.ts'

/** What is taken as a recording. A film counts, for its sound. */
export const recordingTypes: readonly MediaType[] = [
  'audio/mpeg',
  'audio/wav',
  'audio/flac',
  'audio/ogg',
  'audio/mp4',
  'audio/webm',
  'audio/aac',
  'video/mp4',
]

/** Speech at less than that many bytes a second is not understood: what bounds a length that no header says. */
const leastBytesPerSecond = 700

/** Names that vendors know a recording by: they go by the extension. */
const extensions: Readonly<Partial<Record<MediaType, string>>> = {
  'audio/mpeg': 'mp3',
  'audio/wav': 'wav',
  'audio/flac': 'flac',
  'audio/ogg': 'ogg',
  'audio/mp4': 'm4a',
  'audio/webm': 'webm',
  'audio/aac': 'aac',
  'video/mp4': 'mp4',
}

/** The name under which a recording is sent: what it is, whatever its own name says. */
export function recordingName({mediaType}: Media): string {
  return `recording.${extensions[mediaType] ?? 'bin'}`
}

/**
 * The length of a recording in seconds, as its headers and frames say; null where they do not.
 * @throws UnusableMediaError
 */
export async function recordingDuration({bytes, mediaType, source}: Media): Promise<number | null> {
  if (mediaType === 'audio/wav') return wavDuration(bytes, source)
  try {
    const {parseBuffer} = await import('music-metadata')
    const {format} = await parseBuffer(bytes, {mimeType: mediaType}, {duration: true, skipCovers: true})
    const {duration} = format
    return duration !== undefined && Number.isFinite(duration) && duration > 0 ? duration : null
  } catch (error) {
    throw new UnusableMediaError(`${source} is damaged or no recording`, {
      hint: 'convert it to MP3 or WAV',
      cause: error,
    })
  }
}

/** The most seconds that a recording of so many bytes can have, where nothing says how long it is. */
export function boundedDuration({bytes}: Pick<Media, 'bytes'>, duration: number | null): number {
  return duration ?? Math.ceil(bytes.length / leastBytesPerSecond)
}

/** @throws MediaTooLargeError */
export function assertLength({source}: Pick<Media, 'source'>, duration: number | null, minutes: number): void {
  if (duration === null || duration <= minutes * 60) return
  throw new MediaTooLargeError(`${source} is ${Math.round(duration / 60)} minutes long, more than ${minutes}`, {
    hint: 'raise audio.longest_recording, or cut it',
  })
}
