import type {Block, MetadataValue, Page} from '../documents/document.ts'
import {CorruptDocumentError, DocumentError, EmptyDocumentError, EncryptedDocumentError} from '../documents/errors.ts'
import type {LoadBudget} from './limits.ts'
import type {ParsedText} from './parsed-text.ts'
import {TextBuilder} from './text-builder.ts'

/** What pdf.js gives for a run of glyphs. */
interface TextItem {
  readonly str: string
  /** The text matrix: [a, b, c, d, x, y], in points from the lower left corner of the page. */
  readonly transform: readonly number[]
  readonly width: number
  readonly height: number
  readonly hasEOL: boolean
}

interface Line {
  readonly text: string
  /** Points. */
  readonly size: number
  readonly y: number
}

/** A line is a heading if its letters are larger than the document's body text by this factor, and it is short. */
const HEADING_FACTOR = 1.15
const LONGEST_HEADING = 200
const HEADING_LEVELS = 3
/** Lines further apart than their usual distance by this factor belong to different paragraphs. */
const PARAGRAPH_GAP = 1.35

/**
 * PDF, page by page, as the text that it carries; what is only a picture has none. Lines are as on the page (words
 * parted by a hyphen at its end stay so), paragraphs are told by the distance between lines, headings by the size of
 * their letters.
 *
 * @throws EncryptedDocumentError, CorruptDocumentError, EmptyDocumentError (no text on any page), and what the
 * budget throws.
 */
export async function parsePdf(bytes: Uint8Array, budget: LoadBudget): Promise<ParsedText> {
  const {getResolvedPDFJS} = await import('unpdf')
  const {getDocument} = await getResolvedPDFJS()
  // pdf.js takes the buffer over; the caller's must stay as it is.
  const loading = getDocument({
    data: new Uint8Array(bytes),
    verbosity: 0,
    disableFontFace: true,
    useSystemFonts: true,
    isEvalSupported: false,
    stopAtErrors: false,
  } as Parameters<typeof getDocument>[0])
  try {
    const document = await loading.promise
    const pages: Line[][] = []
    let characters = 0
    for (let number = 1; number <= document.numPages; number++) {
      budget.check()
      const page = await document.getPage(number)
      const {items} = await page.getTextContent()
      const lines = linesOf(items as readonly TextItem[])
      page.cleanup()
      for (const line of lines) characters += line.text.length
      budget.checkCharacters(characters)
      pages.push(lines)
    }
    const {title, metadata} = await describe(document)
    return {...assemble(pages, budget), metadata, ...(title === undefined ? {} : {title})}
  } catch (error) {
    throw documentError(error, budget.source)
  } finally {
    await loading.destroy()
  }
}

function documentError(error: unknown, source: string): unknown {
  const {name} = error as Error
  if (name === 'PasswordException') {
    return new EncryptedDocumentError(source, 'is protected by a password', {hint: 'save a copy without a password'})
  }
  // pdf.js names its own errors …Exception, and meets TypeErrors and RangeErrors in damaged files.
  const isDamage = /Exception$/.test(name) || error instanceof TypeError || error instanceof RangeError
  if (!isDamage || error instanceof DocumentError) return error
  return new CorruptDocumentError(source, 'is no PDF that can be read; it is damaged or cut off', {
    hint: 'open it in a PDF viewer and save it again',
    cause: error,
  })
}

async function describe(document: {
  getMetadata(): Promise<{info: object}>
}): Promise<{title: string | undefined; metadata: Record<string, MetadataValue>}> {
  const {info} = (await document.getMetadata()) as {info: Record<string, unknown>}
  const text = (key: string): string | undefined => {
    const value = info[key]
    return typeof value === 'string' && value.trim() !== '' ? value.trim().slice(0, 1000).toWellFormed() : undefined
  }
  const metadata: Record<string, MetadataValue> = {}
  for (const [key, name] of [
    ['Author', 'author'],
    ['Subject', 'subject'],
    ['Keywords', 'keywords'],
  ] as const) {
    const value = text(key)
    if (value !== undefined) metadata[name] = value
  }
  // Word processors leave the name of the draft as a title.
  const title = text('Title')
  return {title: title === undefined || /\.(?:docx?|indd|tex|rtf|odt)$/i.test(title) ? undefined : title, metadata}
}

/** Joins runs of glyphs to lines. pdf.js gives runs in reading order, marks the ends of lines, and gives spaces as runs. */
function linesOf(items: readonly TextItem[]): Line[] {
  const lines: Line[] = []
  let text = ''
  let size = 0
  let y = 0
  const end = (): void => {
    const trimmed = text.replace(/\s+/g, ' ').trim()
    if (trimmed !== '') lines.push({text: trimmed.toWellFormed(), size, y})
    text = ''
    size = 0
  }
  for (const item of items) {
    if (typeof item.str !== 'string') continue
    const height = Math.hypot(item.transform[2]!, item.transform[3]!)
    if (item.str.trim() !== '') {
      if (size === 0) y = item.transform[5]!
      size = Math.max(size, height)
    }
    text += item.str
    if (item.hasEOL) end()
  }
  end()
  return lines
}

function assemble(
  pages: readonly (readonly Line[])[],
  budget: LoadBudget,
): {text: string; blocks: readonly Block[]; pages: Page[]} {
  const body = bodySize(pages)
  const headingSizes = sizesAbove(pages, body * HEADING_FACTOR)
  const builder = new TextBuilder(budget)
  const extents: Page[] = []
  for (const [index, lines] of pages.entries()) {
    const start = builder.nextStart
    for (const group of groupsOf(lines, headingSizes)) {
      builder.add(group.level === 0 ? 'paragraph' : 'heading', group.lines.join('\n'), group.level || undefined)
    }
    // A page without text is an empty range where the next one begins.
    const hasText = builder.end > start
    extents.push({number: index + 1, start: hasText ? start : builder.end, end: builder.end})
  }
  if (builder.end === 0) {
    throw new EmptyDocumentError(budget.source, 'holds no text; it may be a scan', {
      hint: 'run it through text recognition (OCR) first, for example with ocrmypdf',
    })
  }
  return {...builder.build(), pages: extents}
}

/** The size of letters that most of the text has, in points, rounded to halves. */
function bodySize(pages: readonly (readonly Line[])[]): number {
  const characters = new Map<number, number>()
  for (const lines of pages) {
    for (const {text, size} of lines) {
      const rounded = Math.round(size * 2) / 2
      characters.set(rounded, (characters.get(rounded) ?? 0) + text.length)
    }
  }
  let body = 0
  let most = 0
  for (const [size, count] of characters) {
    if (count <= most) continue
    body = size
    most = count
  }
  return body
}

/** The sizes of headings, the largest first. */
function sizesAbove(pages: readonly (readonly Line[])[], least: number): readonly number[] {
  const sizes = new Set<number>()
  for (const lines of pages) {
    for (const {text, size} of lines) {
      if (size >= least && text.length <= LONGEST_HEADING && /\p{L}/u.test(text)) sizes.add(Math.round(size * 2) / 2)
    }
  }
  return [...sizes].sort((one, other) => other - one)
}

interface LineGroup {
  readonly lines: string[]
  /** 0 for a paragraph. */
  readonly level: number
}

function* groupsOf(lines: readonly Line[], headingSizes: readonly number[]): Generator<LineGroup> {
  const usual = usualDistance(lines)
  let group: LineGroup | undefined
  let above: Line | undefined
  for (const line of lines) {
    const level = levelOf(line, headingSizes)
    const distance = above === undefined ? 0 : above.y - line.y
    // Upwards is a new column, or another text box.
    const isApart = distance < 0 || distance > Math.max(usual, line.size) * PARAGRAPH_GAP
    if (group !== undefined && group.level === level && !isApart) group.lines.push(line.text)
    else {
      if (group !== undefined) yield group
      group = {lines: [line.text], level}
    }
    above = line
  }
  if (group !== undefined) yield group
}

function levelOf({text, size}: Line, headingSizes: readonly number[]): number {
  if (text.length > LONGEST_HEADING) return 0
  const rank = headingSizes.indexOf(Math.round(size * 2) / 2)
  return rank === -1 ? 0 : Math.min(rank + 1, HEADING_LEVELS)
}

/**
 * The distance between a line and the next below it that is usual on the page, in points: the lower quartile, since
 * all others are distances between paragraphs.
 */
function usualDistance(lines: readonly Line[]): number {
  const distances: number[] = []
  for (let index = 1; index < lines.length; index++) {
    const distance = lines[index - 1]!.y - lines[index]!.y
    if (distance > lines[index]!.size / 2) distances.push(distance)
  }
  distances.sort((one, other) => one - other)
  return distances[distances.length >> 2] ?? 0
}
