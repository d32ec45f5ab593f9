/**
 * A unit of text that can stand as an answer: a sentence of prose, a list item, a table row or a line of code.
 * A heading is one too, so that every line belongs to a unit, but it is never chosen as an answer by itself.
 */
export interface Sentence {
  readonly kind: 'sentence' | 'item' | 'row' | 'code' | 'heading'
  /** UTF-16 offsets into the text that was segmented, without surrounding white space: start inclusive, end exclusive. */
  readonly start: number
  readonly end: number
  /** Units of the same block (paragraph, list, table, code block) have the same number. */
  readonly block: number
}

interface Line {
  readonly start: number
  readonly end: number
  readonly text: string
}

/** A sentence longer than this is cut at the last clause mark before it, so that a citation stays readable. */
const LONGEST_SENTENCE = 700
/** Abbreviations and ordinals, with white space after them, are shorter. */
const LONGEST_WORD = 40

const FENCE = /^\s*(`{3,}|~{3,})/
const ATX_HEADING = /^ {0,3}#{1,6}(\s|$)/
const SETEXT_UNDERLINE = /^ {0,3}(=+|-{2,})\s*$/
const LIST_ITEM = /^\s*(?:[-*+•‣◦–]|\(?(?:\d{1,3}|[a-z])[.)])\s+\S/
/** A bullet is layout; a number may be what is asked for, and stays. */
const BULLET = /^\s*[-*+•‣◦–]\s+/
const TABLE_ROW = /^\s*\|.*\|\s*$|^[^|]+(?:\s\|\s[^|]+)+$/
const TABLE_RULE = /^[\s|:+-]*-{2,}[\s|:+-]*$/
const CODE_LINE =
  /[;{}]\s*$|^\s*(?:\}|\)|\]|\/\/|\/\*|\*\/|#include|@\w+)|=>|^\s*(?:import|export|const|let|var|def|class|function|return|fn|func|pub|public|private|package)\b.*[({=:;]/

/**
 * Abbreviations after which a full stop does not end a sentence, by language family. Single letters, numbers and
 * words inside which a full stop stands (`e.g.`, `z.B.`, `U.S.`) are recognised by their form and not listed.
 */
const ABBREVIATIONS = new Set(
  (
    'dr mr mrs ms prof st jr sr vs no nos vol fig figs eq sec ch pp ed eds al approx dept est inc ltd co corp gov gen col sgt capt lt rev hon mt ave ' +
    'jan feb mar apr jun jul aug sep sept oct nov dec resp incl excl cf ca ' +
    'bzw ggf usw vgl nr bd hrsg str evtl geb gest jh sog zzgl inkl exkl ' +
    'oz npr ipd itd str št tj t.i sv g ga gdč d.o.o ur roj ' +
    'dl dna nr art alin lit pag prof ing conf ' +
    'örn bkz vb vs yy sn doç yrd av ' +
    'mme mlle art chap env éd p.ex ' +
    'sra dra pág págs núm ee.uu ej art fig ' +
    'sig dott dot avv pag es ecc'
  ).split(' '),
)

/** Words which open a sentence after an abbreviation such as `U.S.`; a name would continue it. */
const SENTENCE_OPENER =
  /^(?:The|A|An|In|It|He|She|They|We|This|That|These|Those|There|But|And|However|Although|After|When|If|For|On|At)\s/

/** Languages which write ordinals and dates with a full stop after the number (`3. Oktober`, `19. stoletje`). */
const ORDINAL_STOP = new Set([
  'de',
  'sl',
  'hr',
  'sr',
  'bs',
  'cs',
  'sk',
  'tr',
  'da',
  'nb',
  'no',
  'fi',
  'et',
  'hu',
  'is',
  'lv',
  'pl',
])

/**
 * Cuts a text into the units an answer can quote. Headings, list items, table rows and code lines (fenced, indented or
 * recognised by their form) are units of their own; prose is cut by the sentence rules of Unicode (UAX #29, through
 * `Intl.Segmenter`) and mended where those rules break inside a sentence: after abbreviations, initials, ordinals, and
 * at the line ends of hard-wrapped text.
 *
 * @param language ISO 639-1 code of the text, or `und`.
 * @returns Units in order, without overlap; what lies between them is white space, fences and table rules.
 */
export function sentences(text: string, language: string): Sentence[] {
  const found: Sentence[] = []
  const lines = linesOf(text)
  let block = 0
  let at = 0
  while (at < lines.length) {
    const line = lines[at]!
    if (line.text.trim() === '') {
      at += 1
      continue
    }
    block += 1
    const fence = FENCE.exec(line.text)
    if (fence) {
      at += 1
      while (at < lines.length && !closes(lines[at]!.text, fence[1]!)) {
        pushTrimmed(found, 'code', text, lines[at]!.start, lines[at]!.end, block)
        at += 1
      }
      at += 1
      continue
    }
    if (ATX_HEADING.test(line.text)) {
      pushTrimmed(found, 'heading', text, line.start, line.end, block)
      at += 1
      continue
    }
    if (TABLE_ROW.test(line.text)) {
      at = table(found, text, lines, at, block)
      continue
    }
    const end = paragraphEnd(lines, at)
    if (isCode(lines, at, end)) {
      for (const code of lines.slice(at, end)) pushTrimmed(found, 'code', text, code.start, code.end, block)
    } else if (end - at === 2 && SETEXT_UNDERLINE.test(lines[at + 1]!.text)) {
      pushTrimmed(found, 'heading', text, line.start, line.end, block)
    } else if (LIST_ITEM.test(line.text)) {
      prose(found, 'item', text, line.start, lines[end - 1]!.end, language, block)
    } else {
      prose(found, 'sentence', text, line.start, lines[end - 1]!.end, language, block)
    }
    at = end
  }
  return found
}

/** The lines of a text with their offsets, without their line ends (`\n`, `\r\n` or `\r`). */
function linesOf(text: string): Line[] {
  const lines: Line[] = []
  const ends = /\r\n|\n|\r/g
  let start = 0
  for (let match = ends.exec(text); match; match = ends.exec(text)) {
    lines.push({start, end: match.index, text: text.slice(start, match.index)})
    start = match.index + match[0].length
  }
  lines.push({start, end: text.length, text: text.slice(start)})
  return lines
}

function closes(line: string, fence: string): boolean {
  const trimmed = line.trim()
  return trimmed.length >= fence.length && trimmed === fence[0]!.repeat(trimmed.length)
}

/** Rows of a table from line `at` on; the row above the rule is its header, which names the columns and answers nothing. */
function table(found: Sentence[], text: string, lines: readonly Line[], at: number, block: number): number {
  let row = at
  while (row < lines.length && (TABLE_ROW.test(lines[row]!.text) || (row > at && isRule(lines[row]!.text)))) {
    const line = lines[row]!
    if (!isRule(line.text)) {
      const header = row + 1 < lines.length && isRule(lines[row + 1]!.text)
      pushTrimmed(found, header ? 'heading' : 'row', text, line.start, line.end, block)
    }
    row += 1
  }
  return row
}

function isRule(line: string): boolean {
  return line.includes('|') && TABLE_RULE.test(line)
}

/** Where the paragraph or list item which begins at line `at` ends: at a blank line or where another structure begins. */
function paragraphEnd(lines: readonly Line[], at: number): number {
  let end = at + 1
  if (end < lines.length && SETEXT_UNDERLINE.test(lines[end]!.text)) return end + 1
  while (end < lines.length) {
    const line = lines[end]!.text
    if (line.trim() === '' || FENCE.test(line) || ATX_HEADING.test(line) || LIST_ITEM.test(line)) break
    if (/^\s*\|/.test(line) && TABLE_ROW.test(line)) break
    end += 1
  }
  return end
}

/** Code without a fence, as in a source file: most lines of the block have the form of code. */
function isCode(lines: readonly Line[], from: number, to: number): boolean {
  let code = 0
  for (let at = from; at < to; at += 1) if (CODE_LINE.test(lines[at]!.text)) code += 1
  return code > 0 && code * 2 >= to - from
}

function prose(
  found: Sentence[],
  kind: 'sentence' | 'item',
  text: string,
  start: number,
  end: number,
  language: string,
  block: number,
): void {
  // A line end inside a paragraph is a space to the reader but a boundary to UAX #29 (rule SB4).
  const joined = text.slice(start, end).replace(/[\r\n]/g, ' ')
  let from = 0
  let to = 0
  for (const part of segmenter(language).segment(joined)) {
    to = part.index + part.segment.length
    if (to < joined.length && continues(joined, from, to, language)) continue
    pushInPieces(found, kind, text, start + from, start + to, block)
    from = to
  }
  if (from < joined.length) pushInPieces(found, kind, text, start + from, end, block)
}

/** Whether the boundary at `at`, which UAX #29 sees after `text.slice(from, at)`, lies inside a sentence. */
function continues(text: string, from: number, at: number, language: string): boolean {
  const before = text.slice(Math.max(from, at - LONGEST_WORD), at).trimEnd()
  const next = text.slice(at).trimStart()
  if (/^\p{Ll}/u.test(next)) return !/[!?]$/u.test(before)
  if (!before.endsWith('.')) return false
  const word = /(\S+)\.$/u.exec(before)?.[1] ?? ''
  const bare = word.replace(/^["'«»„“”‘’([]+/u, '')
  if (/^\p{L}$/u.test(bare)) return true
  if (/^\d{1,3}$/.test(bare)) return ORDINAL_STOP.has(language) || text.slice(from, at).trim() === `${word}.`
  if (/^(?:\p{L}{1,3}\.)+\p{L}{1,3}$/u.test(bare)) return !SENTENCE_OPENER.test(next)
  return ABBREVIATIONS.has(bare.toLowerCase())
}

function pushInPieces(
  found: Sentence[],
  kind: Sentence['kind'],
  text: string,
  start: number,
  end: number,
  block: number,
): void {
  let from = start
  while (end - from > LONGEST_SENTENCE) {
    const window = text.slice(from, from + LONGEST_SENTENCE)
    const cut = Math.max(window.lastIndexOf('; '), window.lastIndexOf('. '), window.lastIndexOf(', '))
    const space = cut > LONGEST_SENTENCE / 3 ? cut + 1 : window.lastIndexOf(' ')
    const to = from + (space > 0 ? space : surrogateSafe(text, from + LONGEST_SENTENCE) - from)
    pushTrimmed(found, kind, text, from, to, block)
    from = to
  }
  pushTrimmed(found, kind, text, from, end, block)
}

/** Moves a cut which would halve a surrogate pair in front of it. */
function surrogateSafe(text: string, at: number): number {
  const code = text.charCodeAt(at - 1)
  return code >= 0xd800 && code <= 0xdbff ? at - 1 : at
}

function pushTrimmed(
  found: Sentence[],
  kind: Sentence['kind'],
  text: string,
  start: number,
  end: number,
  block: number,
): void {
  const raw =
    kind === 'item' ? text.slice(start, end).replace(BULLET, match => ' '.repeat(match.length)) : text.slice(start, end)
  const trimmed = raw.trim()
  if (trimmed === '') return
  const from = start + raw.indexOf(trimmed)
  found.push({kind, start: from, end: from + trimmed.length, block})
}

const segmenters = new Map<string, Intl.Segmenter>()

function segmenter(language: string): Intl.Segmenter {
  let known = segmenters.get(language)
  if (!known) {
    known = new Intl.Segmenter(language === 'und' ? undefined : language, {granularity: 'sentence'})
    segmenters.set(language, known)
  }
  return known
}
