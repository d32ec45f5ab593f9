/** Where a quote stands, as a person writes it: `handbook.pdf:p3:12–14`, `docs/cli.md:7`. */
export function placeOf(place: {source: string; page: number | null; line_start: number; line_end: number}): string {
  const page = place.page === null ? '' : `:p${place.page}`
  const lines = place.line_start === place.line_end ? `${place.line_start}` : `${place.line_start}–${place.line_end}`
  return `${place.source}${page}:${lines}`
}

/** Text on one line, cut at a width; `…` shows that it was cut. */
export function oneLine(text: string, width: number): string {
  const line = text.replace(/\s+/g, ' ').trim()
  return line.length <= width ? line : `${line.slice(0, Math.max(1, width - 1)).trimEnd()}…`
}
