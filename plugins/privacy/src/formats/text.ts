import {plainValue, type Segment} from './segment.ts'

/** How much text is looked at together, in UTF-16 code units. */
const window = 64 * 1024

/**
 * Plain text in windows, cut where personal data is least likely to be cut in two: between paragraphs, or else lines, or else
 * words. Memory does not grow with the file.
 */
export async function* textSegments(pieces: AsyncIterable<string>): AsyncIterable<Iterable<Segment>> {
  let pending = ''
  for await (const piece of pieces) {
    pending += piece
    while (pending.length >= 2 * window) {
      const cut = cutBefore(pending, window)
      yield [plainValue(pending.slice(0, cut))]
      pending = pending.slice(cut)
    }
  }
  while (pending.length > window) {
    const cut = cutBefore(pending, window)
    yield [plainValue(pending.slice(0, cut))]
    pending = pending.slice(cut)
  }
  if (pending !== '') yield [plainValue(pending)]
}

function cutBefore(text: string, limit: number): number {
  for (const [mark, from] of [
    ['\n\n', limit / 2],
    ['\n', limit / 2],
    ['. ', limit / 2],
    [' ', 0],
  ] as const) {
    const at = text.lastIndexOf(mark, limit - mark.length)
    if (at > from) return at + mark.length
  }
  // One endless word: only the two halves of a character must not be parted.
  const code = text.charCodeAt(limit - 1)
  return code >= 0xd800 && code <= 0xdbff ? limit - 1 : limit
}
