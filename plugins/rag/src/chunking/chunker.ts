import type {LoadedDocument} from '../documents/document.ts'
import {InvalidBlocksError} from '../documents/errors.ts'
import {headingText} from '../documents/heading-text.ts'
import {LineIndex} from '../documents/line-index.ts'
import {isWhiteSpace, skipWhiteSpace, trimWhiteSpaceEnd} from '../documents/white-space.ts'
import type {Chunk} from './chunk.ts'
import {BreakCost, type Piece, piecesOf, tableHeaderOf} from './pieces.ts'
import {whiteSpaceTokens} from './token-estimate.ts'

export interface ChunkOptions {
  /** The size a chunk should have, as `estimateTokens` counts; from 16 on. */
  readonly targetTokens?: number
  /** The size no chunk is above. By default half above the target. */
  readonly maximumTokens?: number
}

export const DEFAULT_TARGET_TOKENS = 400

const LEAST_TARGET_TOKENS = 16
/** A heading or table header that is longer than this many characters is shortened where it serves as context. */
const LONGEST_CONTEXT = 300
/** Headings know six levels (HTML, Markdown, Word as mammoth maps it). */
const DEEPEST_LEVEL = 6

/** A piece with its place in the document's structure. */
interface PlacedPiece extends Piece {
  /** The headings in force, its own included if it is one. */
  readonly headings: readonly string[]
  /** For what follows a table's header. */
  readonly tableHeader: string | undefined
  /** What it costs if a chunk goes on across the boundary before this piece, instead of ending there. */
  readonly joinCost: number
}

/**
 * Cuts a document into chunks of about `targetTokens`, none above `maximumTokens`.
 *
 * Blocks are taken apart into pieces that are never cut (see pieces.ts); then those boundaries are chosen for which
 * the sum of three costs is least: how far each chunk is from the target size, how much each cut hurts (in a sentence
 * more than between paragraphs), and how much unlike each chunk is (sections held together). This is the least-cost
 * segmentation by dynamic programming known from breaking paragraphs into lines (D. E. Knuth, M. F. Plass, "Breaking
 * Paragraphs into Lines", Software: Practice and Experience 11, 1981). Small tails and small sections so join their
 * neighbours, and the parts of a long section come out even.
 *
 * The chunks are in order, do not overlap, are exact slices of the text, and leave out nothing but white space; a
 * surrogate pair is never cut. Time and memory are linear in the text.
 *
 * @throws RangeError if the sizes make no sense, InvalidBlocksError if the blocks are not those of the text.
 */
export function chunkDocument(document: LoadedDocument, options: ChunkOptions = {}): Chunk[] {
  const target = options.targetTokens ?? DEFAULT_TARGET_TOKENS
  const maximum = options.maximumTokens ?? Math.ceil(target * 1.5)
  if (!(target >= LEAST_TARGET_TOKENS)) throw new RangeError(`targetTokens must be at least ${LEAST_TARGET_TOKENS}`)
  if (!(maximum >= target)) throw new RangeError('maximumTokens must not be below targetTokens')

  checkBlocks(document)
  const pieces = joinTiny(placePieces(document, target), target)
  const lines = new LineIndex(document.text)
  const pageAt = pageFinder(document)
  return segment(pieces, target, maximum).map(({from, to}, ordinal) => {
    const first = pieces[from]!
    const {start} = first
    const {end} = pieces[to - 1]!
    const page = pageAt(start)
    return {
      ordinal,
      text: document.text.slice(start, end),
      headings: commonHeadings(pieces, from, to),
      ...(first.tableHeader === undefined ? {} : {tableHeader: first.tableHeader}),
      start,
      end,
      lineStart: lines.lineAt(start),
      lineEnd: lines.lineAt(end - 1),
      ...(page === undefined ? {} : {page}),
    }
  })
}

/** Blocks may come from a client: out of order, beyond the end, or with text between them that would be lost. */
function checkBlocks({source, text, blocks}: LoadedDocument): void {
  const refuse = (problem: string): never => {
    throw new InvalidBlocksError(`${source}: ${problem}`, {
      hint: 'send blocks in order that leave out nothing but white space, or none at all',
    })
  }
  let covered = 0
  for (const [index, {start, end}] of blocks.entries()) {
    if (!(start >= covered && end >= start && end <= text.length)) refuse(`block ${index} is out of order or of range`)
    if (skipWhiteSpace(text, covered, start) !== start) refuse(`there is text before block ${index}`)
    covered = end
  }
  if (skipWhiteSpace(text, covered, text.length) !== text.length) refuse('there is text after the last block')
}

function placePieces(document: LoadedDocument, target: number): PlacedPiece[] {
  const {text} = document
  const placed: PlacedPiece[] = []
  let path: {level: number; title: string}[] = []
  let headings: readonly string[] = []
  let afterHeading = false
  let columns: string | undefined
  for (const block of document.blocks) {
    let joinCost = 0
    if (block.kind === 'heading') {
      const level = Math.min(Math.max(block.level ?? 1, 1), DEEPEST_LEVEL)
      const outer = path.filter(heading => heading.level < level)
      joinCost = joinCostAt(path.at(-1)?.level, level)
      path = [...outer, {level, title: headingText(shorten(text, block.start, block.end))}]
      headings = path.map(heading => heading.title)
    }
    if (block.kind !== 'row') columns = undefined
    const header = block.kind === 'table' ? tableHeaderOf(text, block) : undefined
    let isFirst = true
    for (const piece of piecesOf(text, block, target, target)) {
      const inRows = header !== undefined && piece.start >= header.rowsStart
      placed.push({
        ...piece,
        breakCost: isFirst && afterHeading ? BreakCost.afterHeading : piece.breakCost,
        headings,
        tableHeader: inRows ? shorten(text, header.header.start, header.header.end) : columns,
        joinCost: isFirst ? joinCost : 0,
      })
      isFirst = false
    }
    afterHeading = block.kind === 'heading'
    if (block.kind === 'row' && block.header === true) columns = shorten(text, block.start, block.end)
  }
  return placed
}

/**
 * The cost of a chunk that holds the end of one section and the beginning of the next: less if the next is part of
 * the first, more if it belongs to a higher level.
 */
function joinCostAt(before: number | undefined, level: number): number {
  if (before === undefined) return 0.05
  if (level > before) return 0.1
  return level === before ? 0.2 : 0.3
}

function shorten(text: string, start: number, end: number): string {
  if (end - start <= LONGEST_CONTEXT) return text.slice(start, end)
  let stop = start + LONGEST_CONTEXT
  while (stop > start && !isWhiteSpace(text.charCodeAt(stop))) stop--
  if (stop === start) stop = start + LONGEST_CONTEXT - 1
  return text.slice(start, trimWhiteSpaceEnd(text, start, stop)).toWellFormed()
}

/**
 * Joins neighbours that are so small that no cut between them is worth weighing, unless a cut there is better than the
 * one before them. It bounds how many pieces a chunk can have, and with it the time `segment` takes.
 */
function joinTiny(pieces: readonly PlacedPiece[], target: number): PlacedPiece[] {
  const joined: PlacedPiece[] = []
  for (const piece of pieces) {
    const previous = joined.at(-1)
    if (previous === undefined || !isSameContext(previous, piece) || previous.breakCost > piece.breakCost) {
      joined.push(piece)
      continue
    }
    const tokens = previous.tokens + whiteSpaceTokens(previous.end, piece.start) + piece.tokens
    if (tokens > target / 16) joined.push(piece)
    else joined[joined.length - 1] = {...previous, end: piece.end, tokens}
  }
  return joined
}

function isSameContext(one: PlacedPiece, other: PlacedPiece): boolean {
  return one.headings === other.headings && one.tableHeader === other.tableHeader
}

/** The segmentation of least cost, as ranges of pieces: `from` inclusive, `to` exclusive. */
function segment(pieces: readonly PlacedPiece[], target: number, maximum: number): {from: number; to: number}[] {
  const count = pieces.length
  // leastCost[i] is that of the first i pieces; lastFrom[i] is where their last chunk begins.
  const leastCost = new Float64Array(count + 1)
  const lastFrom = new Uint32Array(count + 1)
  for (let to = 1; to <= count; to++) {
    leastCost[to] = Number.POSITIVE_INFINITY
    let tokens = 0
    let joinCost = 0
    for (let from = to - 1; from >= 0; from--) {
      const piece = pieces[from]!
      tokens += piece.tokens
      if (from < to - 1) {
        tokens += whiteSpaceTokens(piece.end, pieces[from + 1]!.start)
        if (tokens > maximum) break
      }
      const cost = leastCost[from]! + piece.breakCost + joinCost + sizeCost(tokens, target, maximum)
      if (cost < leastCost[to]!) {
        leastCost[to] = cost
        lastFrom[to] = from
      }
      joinCost += piece.joinCost
    }
  }
  const ranges: {from: number; to: number}[] = []
  for (let to = count; to > 0; to = lastFrom[to]!) ranges.push({from: lastFrom[to]!, to})
  return ranges.reverse()
}

/** 0 at the target size, 1 for a chunk of no content and for one of the maximum size; quadratic between. */
function sizeCost(tokens: number, target: number, maximum: number): number {
  const deviation = tokens <= target ? (target - tokens) / target : (tokens - target) / Math.max(maximum - target, 1)
  return deviation * deviation
}

/** The headings that all pieces of a chunk are under. */
function commonHeadings(pieces: readonly PlacedPiece[], from: number, to: number): readonly string[] {
  const {headings} = pieces[from]!
  let shared = headings.length
  for (let index = from + 1; index < to; index++) {
    const other = pieces[index]!.headings
    if (other === headings) continue
    let equal = 0
    while (equal < shared && other[equal] === headings[equal]) equal++
    shared = equal
  }
  return shared === headings.length ? headings : headings.slice(0, shared)
}

function pageFinder(document: LoadedDocument): (offset: number) => number | undefined {
  const pages = document.pages ?? []
  let index = 0
  return offset => {
    while (index + 1 < pages.length && pages[index + 1]!.start <= offset) index++
    return pages[index]?.number
  }
}
