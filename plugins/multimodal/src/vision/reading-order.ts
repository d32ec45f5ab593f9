import type {RecognisedLine, RecognisedPage, RecognisedWord} from './recognise-page.ts'
import type {Box} from './placement.ts'

type Blocks = RecognisedPage['blocks']
type Paragraphs = Blocks[number]

/** Columns whose lines have more words than this are prose, and are read one after the other. */
const mostWordsOfCell = 3
/** So much further apart than usual are lines of different paragraphs. */
const paragraphGap = 1.35

/**
 * Puts the columns of tables together again. Tesseract reads what stands beside each other column by column, which is
 * right for prose and takes a table apart: an amount would stand far from what it is for. Blocks beside each other whose
 * neighbouring lines are short are read row by row instead.
 */
export function inReadingOrder(blocks: Blocks): Blocks {
  const groups = besideEachOther(blocks)
  return groups.flatMap(group =>
    group.length > 1 && isTable(group) ? [rowsOf(group)] : group.map(block => byGaps(block.flat())),
  )
}

/** Blocks that share heights with each other, where they stand in the order of the first of them. */
function besideEachOther(blocks: Blocks): readonly Blocks[] {
  const groups: {blocks: Paragraphs[]; top: number; bottom: number}[] = []
  for (const block of blocks) {
    const {y, height} = around(wordsOf(block))
    const [top, bottom] = [y, y + height]
    const meets = groups.filter(group => Math.min(bottom, group.bottom) - Math.max(top, group.top) > 0)
    const [first, ...others] = meets
    if (first === undefined) {
      groups.push({blocks: [block], top, bottom})
      continue
    }
    for (const other of others) groups.splice(groups.indexOf(other), 1)
    first.blocks.push(...others.flatMap(other => other.blocks), block)
    first.top = Math.min(top, ...meets.map(each => each.top))
    first.bottom = Math.max(bottom, ...meets.map(each => each.bottom))
  }
  return groups.map(group => group.blocks)
}

/** Whether the lines that have a neighbour in another block are as short as cells. */
function isTable(blocks: Blocks): boolean {
  const lines = blocks.flatMap((paragraphs, block) =>
    paragraphs.flat().map(({words}) => ({block, words: words.length, box: around(words)})),
  )
  const withNeighbour = lines.filter(one =>
    lines.some(other => other.block !== one.block && isLevel(one.box, other.box)),
  )
  const counts = withNeighbour.map(({words}) => words).toSorted((a, b) => a - b)
  return counts.length > 1 && counts[counts.length >> 1]! <= mostWordsOfCell
}

function isLevel(one: Box, other: Box): boolean {
  const shared = Math.min(one.y + one.height, other.y + other.height) - Math.max(one.y, other.y)
  return shared > 0.5 * Math.min(one.height, other.height)
}

/** The lines of all blocks row by row, as one block. */
function rowsOf(blocks: Blocks): Paragraphs {
  const lines = blocks
    .flat(2)
    .map(({words}) => ({words, box: around(words)}))
    .toSorted((a, b) => middleOf(a.box) - middleOf(b.box))
  const rows: {words: RecognisedWord[]; box: Box}[] = []
  for (const {words, box} of lines) {
    const row = rows.at(-1)
    if (row === undefined || !isLevel(row.box, box)) rows.push({words: [...words], box})
    else {
      row.words.push(...words)
      row.box = around(row.words)
    }
  }
  return byGaps(rows.map(({words}) => ({words: words.toSorted((a, b) => a.level.x - b.level.x)})))
}

/**
 * Lines as paragraphs, parted where they are further from each other than is usual. Tesseract's own paragraphs also end
 * at a line that is short, as each line of an address is.
 */
function byGaps(lines: readonly RecognisedLine[]): Paragraphs {
  const middles = lines.map(({words}) => middleOf(around(words)))
  const pitches = middles.slice(1).map((middle, index) => middle - middles[index]!)
  const usual = pitches.toSorted((a, b) => a - b)[pitches.length >> 1] ?? 0
  const paragraphs: RecognisedLine[][] = []
  for (const [index, line] of lines.entries()) {
    const isFirst = index === 0 || middles[index]! - middles[index - 1]! > usual * paragraphGap
    if (isFirst) paragraphs.push([line])
    else paragraphs.at(-1)!.push(line)
  }
  return paragraphs
}

function wordsOf(paragraphs: Paragraphs): readonly RecognisedWord[] {
  return paragraphs.flat().flatMap(({words}) => words)
}

function middleOf({y, height}: Box): number {
  return y + height / 2
}

/** The smallest rectangle around words, of which there is at least one. */
function around(words: readonly RecognisedWord[]): Box {
  const boxes = words.map(({level}) => level)
  const x = Math.min(...boxes.map(box => box.x))
  const y = Math.min(...boxes.map(box => box.y))
  const right = Math.max(...boxes.map(box => box.x + box.width))
  const bottom = Math.max(...boxes.map(box => box.y + box.height))
  return {x, y, width: right - x, height: bottom - y}
}
