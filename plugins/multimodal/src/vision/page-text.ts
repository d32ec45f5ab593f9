import type {Box} from './placement.ts'
import type {RecognisedLine, RecognisedPage} from './recognise-page.ts'

/** A page as running text: a line for each of its lines, an empty one between paragraphs. */
export function runningText({blocks}: Pick<RecognisedPage, 'blocks'>): string {
  return blocks
    .flat()
    .map(lines => lines.map(textOf).join('\n'))
    .join('\n\n')
}

function textOf({words}: RecognisedLine): string {
  return words.map(({text}) => text).join(' ')
}

/** A larger gap is so many empty lines all the same. */
const mostEmptyLines = 2

/**
 * A page as it is laid out: what stands beside each other on the page stands in one line, and gaps are spaces, so that
 * columns and tables stay in place in letters of one width.
 */
export function laidOutText({blocks}: Pick<RecognisedPage, 'blocks'>): string {
  const words = blocks.flat(2).flatMap(line => line.words.map(({text, level}) => ({text, ...level})))
  if (words.length === 0) return ''
  const letterWidth = median(words.map(({text, width}) => width / text.length))
  const left = Math.min(...words.map(({x}) => x))
  const rows = rowsOf(words, median(words.map(({height}) => height)))
  const middles = rows.map(row => median(row.map(middleOf)))
  const pitch = median(middles.slice(1).map((middle, index) => middle - middles[index]!))
  return rows
    .map((row, index) => {
      const gap = index === 0 ? 0 : Math.round((middles[index]! - middles[index - 1]!) / pitch) - 1
      return '\n'.repeat(Math.min(mostEmptyLines, Math.max(0, gap))) + lineOf(row, left, letterWidth)
    })
    .join('\n')
}

interface PlacedWord extends Box {
  readonly text: string
}

/** Words whose middles are less than half a line apart stand in one row. */
function rowsOf(words: readonly PlacedWord[], lineHeight: number): PlacedWord[][] {
  const rows: PlacedWord[][] = []
  let middle = Number.NEGATIVE_INFINITY
  for (const word of words.toSorted((a, b) => middleOf(a) - middleOf(b))) {
    if (middleOf(word) - middle < lineHeight * 0.6) rows.at(-1)!.push(word)
    else {
      rows.push([word])
      middle = middleOf(word)
    }
  }
  return rows.map(row => row.toSorted((a, b) => a.x - b.x))
}

function middleOf({y, height}: PlacedWord): number {
  return y + height / 2
}

/** Words closer than this many letters are parted by one space, whatever column they would fall into. */
const wordGap = 1.8

function lineOf(row: readonly PlacedWord[], left: number, letterWidth: number): string {
  let line = ''
  let right = left
  for (const {text, x, width} of row) {
    const column = Math.round((x - left) / letterWidth)
    const isNext = line !== '' && x - right < wordGap * letterWidth
    line += ' '.repeat(isNext ? 1 : Math.max(line === '' ? 0 : 2, column - line.length)) + text
    right = x + width
  }
  return line
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 1
}
