/** A stretch of speech. Times are seconds from the beginning. */
export interface TranscriptSegment {
  readonly start: number
  readonly end: number
  readonly text: string
  /** Who speaks, where speakers are told apart. */
  readonly speaker: string | null
}

export interface TranscriptWord {
  readonly start: number
  readonly end: number
  readonly word: string
}

/** What was said in a recording. */
export interface Transcript {
  readonly text: string
  /** ISO 639, as it was given or heard; null where nobody said. */
  readonly language: string | null
  /** Seconds; null where nobody said. */
  readonly duration: number | null
  /** Empty where the model tells no times. */
  readonly segments: readonly TranscriptSegment[]
  readonly words: readonly TranscriptWord[]
}

/** A transcript of a part, and where the part begins. */
export interface PartialTranscript {
  readonly start: number
  readonly duration: number | null
  readonly transcript: Transcript
}

/** One transcript of the parts of a recording, with the times of the whole. */
export function stitchTranscripts(parts: readonly PartialTranscript[]): Transcript {
  const last = parts.at(-1)
  const lastDuration = last?.duration ?? last?.transcript.duration ?? null
  return {
    text: parts
      .map(({transcript}) => transcript.text.trim())
      .filter(text => text !== '')
      .join(' '),
    language: commonest(parts.map(({transcript}) => transcript.language)),
    duration: last === undefined || lastDuration === null ? null : last.start + lastDuration,
    segments: parts.flatMap(({start, duration, transcript}) =>
      transcript.segments.map(segment => shifted(segment, start, duration)),
    ),
    words: parts.flatMap(({start, duration, transcript}) =>
      transcript.words.map(word => shifted(word, start, duration)),
    ),
  }
}

/** A model may hear its last word end a little after the sound does; in the whole that would be inside the next part. */
function shifted<T extends {readonly start: number; readonly end: number}>(
  timed: T,
  offset: number,
  duration: number | null,
): T {
  const most = duration ?? Number.POSITIVE_INFINITY
  const start = Math.min(Math.max(0, timed.start), most)
  const end = Math.min(Math.max(start, timed.end), most)
  return {...timed, start: milliseconds(offset + start), end: milliseconds(offset + end)}
}

function milliseconds(seconds: number): number {
  return Math.round(seconds * 1_000) / 1_000
}

function commonest(languages: readonly (string | null)[]): string | null {
  const counts = new Map<string, number>()
  for (const language of languages) if (language !== null) counts.set(language, (counts.get(language) ?? 0) + 1)
  const [first] = [...counts].toSorted(([, one], [, other]) => other - one)
  return first?.[0] ?? null
}
