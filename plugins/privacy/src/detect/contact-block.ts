import type {EntityType, Span} from './entity.ts'
import {fold} from './fold.ts'
import {functionWords} from './lexicon/function-words.ts'
import type {TextDocument} from './text-document.ts'

/** By which a person is reached. */
const reaching: ReadonlySet<EntityType> = new Set(['ADDRESS', 'PHONE_NUMBER', 'EMAIL_ADDRESS', 'URL'])
const occupation =
  /(?:er|or|ist|ian|ant|nurse|clerk|chef|officer|president|head|lead|intern|secretary|attorney|founder|partner|ceo|cto|cfo|coo|direktor(?:ica)?|vodja|inzenir(?:ka)?|svetoval(?:ec|ka)|referent(?:ka)?|odvetni(?:k|ca)|zdravni(?:k|ca)|predsedni(?:k|ca)|tajni(?:k|ca)|uciteljica?)$/
/** What stands before the text of a line in quoted mail and lists. */
const marker = /^[>*|#?\s-]*/
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
  const persons = spans.filter(({type}) => type === 'PERSON')
  if (persons.length === 0 || !document.text.includes('\n') || !spans.some(({type}) => reaching.has(type))) return spans
  const found = persons.flatMap(person => below(person, document.text, spans))
  if (found.length === 0) return spans
  return [...spans, ...found].toSorted((a, b) => a.start - b.start)
}

function below(person: Span, text: string, spans: readonly Span[]): readonly Span[] {
  const own = lineAround(text, person.start)
  if (own.text.replace(/[,\s]+$/, '') !== text.slice(person.start, person.end)) return []
  const told: Line[] = []
  let from = own.end + 1
  for (let count = 0; count < farthest && from < text.length;) {
    const line = lineAround(text, from)
    from = text.indexOf('\n', line.end) + 1 || text.length
    if (line.text === '') continue
    count++
    const on = spans.filter(span => span.start < line.end && span.end > line.start)
    if (on.some(({type, start}) => reaching.has(type) && isOpening(text.slice(line.start, start)))) return named(told)
    if (line.text.endsWith(':')) continue
    if (on.length > 0 || !isName(line.text)) return []
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

const isOccupation = (text: string) => text.split(/,| of | for | za /).some(part => occupation.test(fold(part.trim())))

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
