import type {Block} from '../documents/document.ts'
import {CorruptDocumentError} from '../documents/errors.ts'
import type {LoadBudget} from './limits.ts'
import type {ParsedText} from './parsed-text.ts'
import {tableText} from './table-text.ts'
import {TextBuilder} from './text-builder.ts'

/** Groups whose text is not the document's (Rich Text Format Specification 1.9.1, "Destinations"). */
const DROPPED = new Set(
  (
    'fonttbl colortbl stylesheet listtable listoverridetable revtbl rsidtbl generator pict object fldinst header ' +
    'headerl headerr headerf footer footerl footerr footerf xmlnstbl themedata colorschememapping latentstyles ' +
    'datastore filetbl nonshppict annotation atnid atnauthor atntime atndate atnref bkmkstart bkmkend listtext pntext ' +
    'pnseclvl mmathPr ftnsep ftnsepc wgrffmtfilter userprops docvar factoidname'
  ).split(' '),
)
/** What stands for one character. */
const CHARACTERS = new Map([
  ['tab', '\t'],
  ['line', '\n'],
  ['emdash', '—'],
  ['endash', '–'],
  ['emspace', '\u2003'],
  ['enspace', '\u2002'],
  ['bullet', '•'],
  ['lquote', '‘'],
  ['rquote', '’'],
  ['ldblquote', '“'],
  ['rdblquote', '”'],
])
/** Character sets of fonts as code pages (the same specification, "Font Table"), but for the common 0. */
const CHARSETS = new Map([
  [128, 932],
  [129, 949],
  [134, 936],
  [136, 950],
  [161, 1253],
  [162, 1254],
  [163, 1258],
  [177, 1255],
  [178, 1256],
  [186, 1257],
  [204, 1251],
  [222, 874],
  [238, 1250],
])
const CODE_PAGES = new Map([
  [437, 'windows-1252'],
  [850, 'windows-1252'],
  [866, 'ibm866'],
  [874, 'windows-874'],
  [932, 'shift_jis'],
  [936, 'gbk'],
  [949, 'euc-kr'],
  [950, 'big5'],
  [10000, 'macintosh'],
  [65001, 'utf-8'],
])
const DEEPEST_NESTING = 1000
const TOKEN = /\\([a-zA-Z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-fA-F]{2})|\\([^a-zA-Z'])|([{}])|[\r\n]+|([^\\{}\r\n]+)/gy

/** What a group inherits and gives back at its end. */
interface GroupState {
  dropped: boolean
  /** Which of the document's properties its text is. */
  property: 'title' | 'author' | 'subject' | undefined
  /** How many bytes after a `\u` stand for the same character. */
  skipAfterUnicode: number
  codePage: number
  hidden: boolean
  isFontTable: boolean
}

/**
 * Rich Text Format (Microsoft's specification 1.9.1): paragraphs, headings by their outline level, lists by their
 * markers, tables. Pictures, headers and footers, remarks and hidden text are left out.
 *
 * @throws CorruptDocumentError if it is cut off or nested too deep, and what the budget throws.
 */
export function parseRtf(bytes: Uint8Array, budget: LoadBudget): ParsedText {
  return new RtfReader(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1'), budget).read()
}

class RtfReader {
  readonly #input: string
  readonly #budget: LoadBudget
  readonly #builder: TextBuilder
  readonly #groups: GroupState[] = []
  readonly #properties: Record<'title' | 'author' | 'subject', string> = {title: '', author: '', subject: ''}
  readonly #fontCodePages = new Map<number, number>()
  #state: GroupState = {
    dropped: false,
    property: undefined,
    skipAfterUnicode: 1,
    codePage: 1252,
    hidden: false,
    isFontTable: false,
  }
  readonly #decoders = new Map<number, Decoder>()
  #documentCodePage = 1252
  #font = 0
  /** Bytes of the present code page that are not decoded yet: a character may have several. */
  #bytes: number[] = []
  #toSkip = 0
  #optional = false
  #paragraph = ''
  #level = 0
  #isListed = false
  #inTable = false
  #row: string[] = []
  #rows: string[][] = []

  constructor(input: string, budget: LoadBudget) {
    this.#input = input
    this.#budget = budget
    this.#builder = new TextBuilder(budget)
  }

  read(): ParsedText {
    let end = 0
    let tokens = 0
    TOKEN.lastIndex = 0
    for (let token = TOKEN.exec(this.#input); token !== null; token = TOKEN.exec(this.#input)) {
      end = TOKEN.lastIndex
      if ((++tokens & 0xfff) === 0) this.#budget.check()
      const [, word, parameter, hex, symbol, brace, text] = token
      if (brace === '{') this.#begin()
      else if (brace === '}') {
        this.#end()
        if (this.#groups.length === 0) break
      } else if (hex !== undefined) this.#byte(Number.parseInt(hex, 16))
      else if (word !== undefined) {
        if (word === 'bin') TOKEN.lastIndex = end += Math.max(0, Number(parameter ?? 0))
        else this.#control(word, parameter === undefined ? undefined : Number(parameter))
      } else if (symbol !== undefined) this.#symbol(symbol)
      else if (text !== undefined) this.#plain(text)
    }
    if (this.#groups.length > 0) {
      throw new CorruptDocumentError(this.#budget.source, 'is cut off or damaged', {
        hint: 'open it in a word processor and save it again',
      })
    }
    this.#endParagraph()
    this.#endTable()
    const {title, ...others} = Object.fromEntries(
      Object.entries(this.#properties).flatMap(([name, value]) =>
        value.trim() === ''
          ? []
          : [
              [
                name,
                value
                  .replace(/[\p{Cc}\s]+/gu, ' ')
                  .trim()
                  .slice(0, 1000)
                  .toWellFormed(),
              ],
            ],
      ),
    )
    return {...this.#builder.build(), metadata: others, ...(title === undefined ? {} : {title})}
  }

  #begin(): void {
    this.#flush()
    if (this.#groups.length >= DEEPEST_NESTING) {
      throw new CorruptDocumentError(this.#budget.source, `its groups are nested more than ${DEEPEST_NESTING} deep`)
    }
    this.#groups.push(this.#state)
    this.#state = {...this.#state}
    this.#toSkip = 0
  }

  #end(): void {
    this.#flush()
    this.#state = this.#groups.pop() ?? this.#state
    this.#optional = false
    this.#toSkip = 0
  }

  #symbol(symbol: string): void {
    if (symbol === '*') this.#optional = true
    else if (symbol === '~') this.#append('\u00a0')
    else if (symbol === '_') this.#append('-')
    else if (symbol === '\\' || symbol === '{' || symbol === '}') this.#plain(symbol)
    else if (symbol === '\n' || symbol === '\r') this.#endParagraph()
  }

  #control(word: string, parameter: number | undefined): void {
    this.#flush()
    const isOptional = this.#optional
    this.#optional = false
    const state = this.#state
    if (word === 'fonttbl') state.isFontTable = true
    if (word === 'title' || word === 'author' || word === 'subject') state.property = word
    else if (word === 'info') state.dropped = true
    else if (DROPPED.has(word) || (isOptional && word !== 'shppict')) state.dropped = true
    const character = CHARACTERS.get(word)
    if (character !== undefined) this.#append(character)
    switch (word) {
      case 'ansicpg':
        this.#documentCodePage = parameter ?? 1252
        state.codePage = this.#documentCodePage
        break
      case 'f':
        this.#font = parameter ?? 0
        if (!state.isFontTable) state.codePage = this.#fontCodePages.get(this.#font) ?? this.#documentCodePage
        break
      case 'fcharset':
        if (CHARSETS.has(parameter ?? 0)) this.#fontCodePages.set(this.#font, CHARSETS.get(parameter ?? 0)!)
        break
      case 'uc':
        state.skipAfterUnicode = parameter ?? 1
        break
      case 'u':
        // Written as a signed number of 16 bits.
        this.#append(String.fromCharCode((parameter ?? 0) & 0xffff))
        this.#toSkip = state.skipAfterUnicode
        break
      case 'v':
        state.hidden = parameter !== 0
        break
      case 'pard':
        this.#level = 0
        this.#isListed = false
        this.#inTable = false
        break
      case 'outlinelevel':
        this.#level = Math.min((parameter ?? 0) + 1, 6)
        break
      case 'ls':
        this.#isListed = true
        break
      case 'intbl':
        this.#inTable = true
        break
      case 'par':
      case 'sect':
      case 'page':
        this.#endParagraph()
        break
      case 'cell':
      case 'nestcell':
        if (!state.dropped) this.#endCell()
        break
      case 'row':
      case 'nestrow':
        if (!state.dropped) this.#endRow()
    }
  }

  #plain(text: string): void {
    const skipped = Math.min(this.#toSkip, text.length)
    this.#toSkip -= skipped
    for (let index = skipped; index < text.length; index++) this.#bytes.push(text.charCodeAt(index))
  }

  #byte(value: number): void {
    if (this.#toSkip > 0) this.#toSkip--
    else this.#bytes.push(value)
  }

  /** Decodes what was read since the code page last changed. */
  #flush(): void {
    if (this.#bytes.length === 0) return
    const bytes = Uint8Array.from(this.#bytes)
    this.#bytes = []
    const {codePage} = this.#state
    const decoder = this.#decoders.get(codePage) ?? decoderOf(codePage)
    this.#decoders.set(codePage, decoder)
    this.#append(decoder.decode(bytes))
  }

  #append(text: string): void {
    this.#flush()
    const {dropped, property, hidden} = this.#state
    if (property !== undefined) this.#properties[property] += text
    else if (!dropped && !hidden) this.#paragraph += text
  }

  #take(): string {
    this.#flush()
    const text = this.#paragraph
      .replace(/[^\S\n]*\n[^\S\n]*/g, '\n')
      .trim()
      .toWellFormed()
    this.#paragraph = ''
    return text
  }

  #endParagraph(): void {
    if (this.#state.dropped) return
    if (this.#inTable) {
      this.#append(' ')
      return
    }
    const text = this.#take()
    if (text === '') return
    this.#endTable()
    const kind: Block['kind'] = this.#level > 0 ? 'heading' : this.#isListed ? 'list' : 'paragraph'
    if (kind === 'heading') this.#builder.add(kind, text.replaceAll('\n', ' '), this.#level)
    else this.#builder.add(kind, kind === 'list' ? `- ${text.replaceAll('\n', '\n  ')}` : text)
  }

  #endCell(): void {
    this.#row.push(this.#take())
  }

  #endRow(): void {
    if (this.#row.some(cell => cell !== '')) this.#rows.push(this.#row)
    this.#row = []
  }

  #endTable(): void {
    if (this.#row.length > 0) this.#endRow()
    if (this.#rows.length > 0) this.#builder.add('table', tableText(this.#rows, false))
    this.#rows = []
  }
}

type Decoder = InstanceType<typeof TextDecoder>

function decoderOf(codePage: number): Decoder {
  try {
    return new TextDecoder(CODE_PAGES.get(codePage) ?? `windows-${codePage}`)
  } catch {
    return new TextDecoder('windows-1252')
  }
}
