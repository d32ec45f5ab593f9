const wordPattern = /[\p{L}\p{N}]+/gu
/** Inflected forms share their beginning; this much of a word is compared. */
const stemLength = 5

/**
 * The part of a text, at most `width` characters and on one line, that holds most of a query's different words; `…`
 * shows where it was cut. Only for showing: finding is the index's work.
 */
export function excerptOf(text: string, query: string, width: number): string {
  const line = text.replace(/\s+/g, ' ').trim()
  if (line.length <= width) return line
  const asked = new Set([...query.matchAll(wordPattern)].map(([word]) => stemOf(word)))
  const found = [...line.matchAll(wordPattern)]
    .map(match => ({at: match.index, stem: stemOf(match[0])}))
    .filter(({stem}) => asked.has(stem))
  const start = bestWindow(found, width)
  const from = start === 0 ? 0 : line.lastIndexOf(' ', start) + 1
  const cut = line.slice(from, from + width - 2)
  const end = from + cut.length >= line.length ? cut : `${cut.slice(0, Math.max(1, cut.lastIndexOf(' '))).trimEnd()}…`
  return from === 0 ? end : `…${end}`
}

function stemOf(word: string): string {
  return word.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().slice(0, stemLength)
}

/** Where the window with the most different stems begins: at the first of them. */
function bestWindow(found: readonly {at: number; stem: string}[], width: number): number {
  let best = {start: 0, count: 0}
  for (const [index, {at}] of found.entries()) {
    const inside = new Set<string>()
    for (let next = index; next < found.length && found[next]!.at < at + width; next++) inside.add(found[next]!.stem)
    if (inside.size > best.count) best = {start: at, count: inside.size}
  }
  return best.start
}
