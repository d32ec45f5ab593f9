/** Where a quote stands, as a person writes it: `handbook.pdf:p3:12–14`, `docs/cli.md:7`. */
export function placeOf(place: {source: string; page: number | null; line_start: number; line_end: number}): string {
  const page = place.page === null ? '' : `:p${place.page}`
  const lines = place.line_start === place.line_end ? `${place.line_start}` : `${place.line_start}–${place.line_end}`
  return `${place.source}${page}:${lines}`
}
