import {commitOf, type Passage} from '../index/passage.ts'
import type {Citation} from './answer.ts'

/**
 * The citation of a part of a passage. The quote is the passage's own text, so it stands in the document as it is.
 *
 * @param start UTF-16 offset into `passage.text`, inclusive; `end` is exclusive.
 * @throws RangeError if the part is empty or not inside the passage.
 */
export function cite(passage: Passage, start: number, end: number, score: number): Citation {
  if (start < 0 || end > passage.text.length || start >= end) {
    throw new RangeError(
      `No text from ${start} to ${end} in passage ${passage.id} of ${passage.text.length} characters`,
    )
  }
  const lineStart = passage.lineStart + countLineEnds(passage.text, 0, start)
  return {
    source: passage.source,
    commit: commitOf(passage),
    page: pageAt(passage, passage.start + start),
    line_start: lineStart,
    line_end: lineStart + countLineEnds(passage.text, start, end),
    quote: passage.text.slice(start, end),
    score,
    passage_id: passage.id,
    start: passage.start + start,
    end: passage.start + end,
  }
}

/** The page a document offset lies on; empty pages begin where the next one does and count too. */
function pageAt(passage: Passage, offset: number): number | null {
  if (passage.page === undefined) return null
  const turned = passage.pageBreaks?.filter(start => start <= offset).length ?? 0
  return passage.page + turned
}

/** Line ends (`\n`, `\r\n`, or `\r` alone) in a part of a text. */
function countLineEnds(text: string, from: number, to: number): number {
  let count = 0
  for (let at = from; at < to; at += 1) {
    const character = text[at]
    if (character === '\n' || (character === '\r' && text[at + 1] !== '\n')) count += 1
  }
  return count
}
