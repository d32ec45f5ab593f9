import {printable} from '@omni-ops/core/cli'
import {sourceAtCommit} from '../documents/git-address.ts'

export interface Place {
  readonly source: string
  readonly commit: string | null
  readonly page: number | null
  readonly line_start: number
  readonly line_end: number
}

/** Where a quote stands, as a person writes it: `handbook.pdf:p3:12–14`, `docs/cli.md:7`, `docs/cli.md@1a2b3c4d5e6f:7`. */
export function placeOf(place: Place): string {
  const source = place.commit === null ? place.source : sourceAtCommit(place.source, place.commit)
  const page = place.page === null ? '' : `:p${place.page}`
  const lines = place.line_start === place.line_end ? `${place.line_start}` : `${place.line_start}–${place.line_end}`
  return printable(`${source}${page}:${lines}`)
}
