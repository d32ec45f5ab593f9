import type {Transcript, TranscriptSegment} from './transcript.ts'

export const transcriptFormats = ['json', 'text', 'srt', 'vtt'] as const
export type TranscriptFormat = (typeof transcriptFormats)[number]

/** A line on a screen is read in one look up to this many characters. */
const lineLength = 42

/** A transcript as a document; undefined for `json`, which is the transcript itself. */
export function transcriptDocument(transcript: Transcript, format: TranscriptFormat): string | undefined {
  switch (format) {
    case 'json':
      return undefined
    case 'text':
      return textOf(transcript)
    case 'srt':
      return srtOf(transcript)
    case 'vtt':
      return vttOf(transcript)
  }
}

/** As speech is read: a paragraph for each turn of a speaker, with a name where speakers are told apart. */
function textOf({text, segments}: Transcript): string {
  if (!segments.some(({speaker}) => speaker !== null)) return `${text.trim()}\n`
  const turns: {speaker: string | null; texts: string[]}[] = []
  for (const {speaker, text: said} of segments) {
    const last = turns.at(-1)
    if (last && last.speaker === speaker) last.texts.push(said.trim())
    else turns.push({speaker, texts: [said.trim()]})
  }
  return turns.map(({speaker, texts}) => `${speaker ?? '?'}: ${texts.join(' ')}\n`).join('\n')
}

/**
 * SubRip: a number, times with a comma, the text, an empty line. The text is plain; an empty line inside would end the
 * cue, and `-->` begin another.
 */
function srtOf({segments}: Transcript): string {
  return cuesOf(segments)
    .map(({start, end, text, speaker}, index) => {
      const said = speaker === null ? text : `${speaker}: ${text}`
      const lines = wrapped(said.replaceAll('-->', '→'))
      return `${index + 1}\n${clock(start, ',')} --> ${clock(end, ',')}\n${lines}\n`
    })
    .join('\n')
}

/** WebVTT (https://www.w3.org/TR/webvtt1/): `&`, `<` and `>` are escaped, and a speaker is a voice span. */
function vttOf({segments}: Transcript): string {
  const cues = cuesOf(segments).map(({start, end, text, speaker}) => {
    const lines = wrapped(text).split('\n').map(escaped).join('\n')
    const said = speaker === null ? lines : `<v ${escaped(speaker)}>${lines}`
    return `${clock(start, '.')} --> ${clock(end, '.')}\n${said}\n`
  })
  return ['WEBVTT\n', ...cues].join('\n')
}

/** A cue has a text and a duration: one of no length at all is never seen. */
function cuesOf(segments: readonly TranscriptSegment[]): readonly TranscriptSegment[] {
  return segments
    .map(segment => ({...segment, text: segment.text.replaceAll(/\s+/g, ' ').trim()}))
    .filter(({text}) => text !== '')
    .map(segment => ({...segment, end: Math.max(segment.end, segment.start + 0.001)}))
}

/** Two lines at most, of about the same length. */
function wrapped(text: string): string {
  if (text.length <= lineLength) return text
  const middle = text.length / 2
  const spaces = [...text.matchAll(/ /g)].map(({index}) => index)
  const [at] = spaces.toSorted((one, other) => Math.abs(one - middle) - Math.abs(other - middle))
  return at === undefined ? text : `${text.slice(0, at)}\n${text.slice(at + 1)}`
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

/** `01:02:03,004`, in whole milliseconds: rounding the parts one by one could give 60 seconds. */
function clock(seconds: number, separator: ',' | '.'): string {
  const all = Math.round(seconds * 1_000)
  const two = (value: number) => String(value).padStart(2, '0')
  const hours = Math.floor(all / 3_600_000)
  const minutes = Math.floor(all / 60_000) % 60
  const rest = `${two(Math.floor(all / 1_000) % 60)}${separator}${String(all % 1_000).padStart(3, '0')}`
  return `${two(hours)}:${two(minutes)}:${rest}`
}
