import type {EntityType, Span} from './entity.ts'
import {fold} from './fold.ts'
import {functionWords} from './lexicon/function-words.ts'
import type {TextDocument} from './text-document.ts'

/** By which a person is reached. */
const reaching: ReadonlySet<EntityType> = new Set(['ADDRESS', 'PHONE_NUMBER', 'EMAIL_ADDRESS', 'URL'])
/** At the end in English: Power distributor, Registered nurse. */
const occupation =
  /(?:er|or|ist|ian|ant|nurse|clerk|chef|officer|president|head|lead|intern|secretary|attorney|ceo|cto|cfo|coo)$/
/** At the beginning: Head of Sales, Vodja prodaje, Direktorica. */
const leadingOccupation =
  /^(?:head|chief|vice|vodja|direktor(?:ica)?|inzenir(?:ka)?|svetoval(?:ec|ka)|referent(?:ka)?|odvetni(?:k|ca)|zdravni(?:k|ca)|predsedni(?:k|ca)|tajni(?:k|ca)|ucitelj(?:ica)?|strokovn[ia]|pomocni(?:k|ca))(?![a-z])/
/** What stands before the text of a line in quoted mail and lists. */
const marker = /^[>*|#?\s-]*/
const lineBegin = /\n[>*|#? \t-]*$/
const mostMarked = 12
const mostWords = 6
const longest = 60
/** Lines between a name and the first way to reach its bearer. */
const farthest = 5

interface Line {
  readonly start: number
  readonly end: number
  readonly text: string
}

/**
 * What stands between a name and a way to reach its bearer, each on a line of its own, as under a letter: the position
 * held and the organisation. The spans as they are, with those.
 */
export function withContactBlocks(document: TextDocument, spans: readonly Span[]): readonly Span[] {
  if (!document.text.includes('\n') || !spans.some(({type}) => reaching.has(type))) return spans
  const found = spans.flatMap((span, index) => (span.type === 'PERSON' ? below(index, document.text, spans) : []))
  if (found.length === 0) return spans
  return [...spans, ...found].toSorted((a, b) => a.start - b.start)
}

function below(index: number, text: string, spans: readonly Span[]): readonly Span[] {
  const {start, end} = spans[index]!
  const ending = /^[,\s]{0,3}?\n/.exec(text.slice(end, end + 4))
  const before = text.slice(Math.max(0, start - mostMarked), start)
  if (!ending || !lineBegin.test(start < mostMarked ? `\n${before}` : before)) return []
  const told: Line[] = []
  let from = end + ending[0].length
  let next = index + 1
  for (let count = 0; count < farthest && from < text.length;) {
    const line = lineAround(text, from)
    from = text.indexOf('\n', line.end) + 1 || text.length
    if (line.text === '') continue
    count++
    while (next < spans.length && spans[next]!.end <= line.start) next++
    const first = spans[next]
    const isOn = first !== undefined && first.start < line.end
    if (isOn && reaching.has(first.type) && isOpening(text.slice(line.start, first.start))) return named(told)
    if (line.text.endsWith(':')) continue
    if (isOn || !isName(line.text)) return []
    told.push(line)
  }
  return []
}

function lineAround(text: string, at: number): Line {
  const begin = text.lastIndexOf('\n', at - 1) + 1
  const newline = text.indexOf('\n', at)
  const whole = text.slice(begin, newline === -1 ? text.length : newline)
  const start = begin + (marker.exec(whole)?.[0].length ?? 0)
  const content = text.slice(start, begin + whole.length).trimEnd()
  return {start, end: start + content.length, text: content}
}

/** Nothing, or what the number after it is: `Mobile: `. */
const isOpening = (text: string) => text.length <= 24 && /^(?:[\p{L}. /-]+: *)?$/u.test(text)

function isName(text: string): boolean {
  if (text.length > longest || !/^\p{L}[^\d.!?;:@/\\<>{}=]*(?:\p{L}|(?:inc|ltd|co|d\.o\.o|s\.p)\.|\))$/iu.test(text))
    return false
  const words = text.split(/[\s,]+/)
  if (words.length > mostWords || functionWords.has(words[0]!.toLowerCase())) return false
  return (
    isOccupation(text) ||
    words.every(word => /^[\p{Lu}&(]/u.test(word) || word.length <= 3 || text === text.toLowerCase())
  )
}

function isOccupation(text: string): boolean {
  const folded = fold(text)
  return leadingOccupation.test(folded) || folded.split(/, | of | for /).some(part => occupation.test(part.trim()))
}

function named(lines: readonly Line[]): readonly Span[] {
  if (lines.length === 0 || lines.length > 2) return []
  const position = lines.length === 2 && isOccupation(lines[1]!.text) && !isOccupation(lines[0]!.text) ? 1 : 0
  return lines.map(({start, end, text}, index): Span => {
    const isPosition = lines.length === 2 ? index === position : isOccupation(text)
    return {
      type: isPosition ? 'TITLE' : 'ORGANIZATION',
      start,
      end,
      score: 0.6,
      recognizer: 'contact-block',
      evidence: ['between a name and how to reach it'],
    }
  })
}
