import {printableName} from '@omni-ops/core/cli'
import {sourceAtCommit} from '../documents/git-address.ts'

export interface Place {
  readonly source: string
  readonly commit: string | null
  readonly page: number | null
  readonly line_start: number
  readonly line_end: number
}

/** Files whose pages are minutes. */
const recording = /\.(aac|flac|m4a|mp3|mp4|mpga|oga|ogg|opus|wav|weba|webm)$/i

/** Where a quote stands, as a person writes it: `handbook.pdf:p3:12–14`, `docs/cli.md:7`, `docs/cli.md@1a2b3c4d5e6f:7`; of
 * a recording the minute from which on it is heard: `meeting.mp3:00:12:00`. */
export function placeOf(place: Place): string {
  const source = place.commit === null ? place.source : sourceAtCommit(place.source, place.commit)
  if (place.page !== null && recording.test(place.source)) return printableName(`${source}:${minuteOf(place.page)}`)
  const page = place.page === null ? '' : `:p${place.page}`
  const lines = place.line_start === place.line_end ? `${place.line_start}` : `${place.line_start}–${place.line_end}`
  return printableName(`${source}${page}:${lines}`)
}

function minuteOf(page: number): string {
  const two = (value: number) => String(value).padStart(2, '0')
  return `${two(Math.floor((page - 1) / 60))}:${two((page - 1) % 60)}:00`
}
