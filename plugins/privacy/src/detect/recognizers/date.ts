import {isCalendarDate} from '../../identifiers/emso.ts'
import {matches} from '../matches.ts'
import type {Finding, Recognizer} from '../recognizer.ts'
import type {TextDocument} from '../text-document.ts'

const months: readonly (readonly string[])[] = [
  ['january', 'jan', 'januar', 'januarja', 'januarju'],
  ['february', 'feb', 'februar', 'februarja', 'februarju'],
  ['march', 'mar', 'marec', 'marca', 'marcu'],
  ['april', 'apr', 'aprila', 'aprilu'],
  ['may', 'maj', 'maja', 'maju'],
  ['june', 'jun', 'junij', 'junija', 'juniju'],
  ['july', 'jul', 'julij', 'julija', 'juliju'],
  ['august', 'aug', 'avgust', 'avgusta', 'avgustu', 'avg'],
  ['september', 'sep', 'sept', 'septembra', 'septembru'],
  ['october', 'oct', 'oktober', 'oktobra', 'oktobru', 'okt'],
  ['november', 'nov', 'novembra', 'novembru'],
  ['december', 'dec', 'decembra', 'decembru'],
]
const monthWord = `(?:${months
  .flat()
  .toSorted((a, b) => b.length - a.length)
  .join('|')})`
const time =
  '(?:,? ?(?:at |ob )?(?:T|t)?\\d{1,2}[:.]\\d{2}(?::\\d{2}(?:\\.\\d{1,9})?)?(?: ?[ap]\\.?m\\.?)?(?:Z|[+-]\\d{2}:?\\d{2})?)?'

const yearFirst = new RegExp(`(?<![\\w.+-])(\\d{4})([-/.])(\\d{1,2})\\2(\\d{1,2})${time}(?![\\w]|[-/.]\\d)`, 'g')
const yearLast = new RegExp(
  `(?<![\\w./-])(\\d{1,2})([-/.]) ?(\\d{1,2})\\2 ?(\\d{4}|\\d{2})${time}(?![\\w]|[-/.]\\d)`,
  'g',
)
const dayMonth = new RegExp(
  `(?<![\\w])(\\d{1,2})(?:st|nd|rd|th|\\.)?[ -](?:of )?(${monthWord})\\.?,?[ -]?(\\d{4})?${time}(?![\\w])`,
  'gi',
)
const monthDay = new RegExp(
  `(?<![\\w])(${monthWord})\\.? (\\d{1,2})(?:st|nd|rd|th)?(?!\\d)(?:,? (\\d{4}))?${time}(?![\\w])`,
  'yi',
)
const monthYear = new RegExp(`(?<![\\w])(${monthWord})\\.?,? (\\d{4})(?![\\w])`, 'yi')
const weekdays: ReadonlySet<string> = new Set(
  'monday tuesday wednesday thursday friday saturday sunday ponedeljek torek sredo cetrtek petek soboto nedeljo'.split(
    ' ',
  ),
)
const monthWords: ReadonlySet<string> = new Set(months.flat())
/** A year stands alone as a date where a preposition or a role says so. */
const beforeYear =
  /(?:^|[^\p{L}\p{N}])(?:in|since|from|until|till|by|of|a|leta|leto|letu|od|do|born|rojen|rojena|circa|early|late|during|before|after) $/iu
const quantity =
  /^ ?(?:%|[kmg]?b(?:ytes?)?\b|px\b|ms\b|k[gm]\b|items|lines|files|characters|people|EUR|USD|€|[-–]?(?:bit|point|page))/i
const yearLike = /^(?:1[89]|20)\d{2}$/

/** Dates, with a time where one follows, in figures and in English or Slovenian words. Nothing the calendar does not have. */
export const dateRecognizer: Recognizer = {
  name: 'date',
  types: ['DATE_TIME'],
  find(document: TextDocument, report: (finding: Finding) => void): void {
    const {text} = document
    const add = (match: RegExpExecArray, score: number, evidence: string) =>
      report({
        type: 'DATE_TIME',
        start: match.index,
        end: match.index + match[0].trimEnd().length,
        score,
        evidence: [evidence],
      })
    if (document.numberRuns.length > 0) findFigures(text, add)
    for (let token = 0; token < document.tokens.count; token++) {
      const start = document.start(token)
      const length = document.end(token) - start
      if (length < 3 || length > longestWord) continue
      const word = document.folded(token)
      if (weekdays.has(word)) {
        report({type: 'DATE_TIME', start, end: start + length, score: 0.55, evidence: ['weekday']})
      } else if (monthWords.has(word)) {
        const day = matchAt(monthDay, text, start)
        if (day && Number(day[2]) >= 1 && Number(day[2]) <= 31) add(day, day[3] ? 0.75 : 0.55, 'month and day')
        const year = matchAt(monthYear, text, start)
        if (year) add(year, 0.6, 'month and year')
      }
    }
    findYears(document, report)
  },
}

function findFigures(text: string, add: (match: RegExpExecArray, score: number, evidence: string) => void): void {
  for (const match of matches(yearFirst, text)) {
    if (isCalendarDate(Number(match[1]), Number(match[3]), Number(match[4]))) add(match, 0.75, 'year, month, day')
  }
  for (const match of matches(yearLast, text)) {
    const year = match[4]?.length === 2 ? 2000 + Number(match[4]) : Number(match[4])
    const [first, second] = [Number(match[1]), Number(match[3])]
    const real = isCalendarDate(year, second, first) || (match[2] === '/' && isCalendarDate(year, first, second))
    if (real && year >= 1800 && year <= 2100) add(match, match[4]?.length === 2 ? 0.4 : 0.7, 'day, month, year')
  }
  for (const match of matches(dayMonth, text)) {
    if (Number(match[1]) >= 1 && Number(match[1]) <= 31) add(match, match[3] ? 0.75 : 0.6, 'day and month')
  }
}

/** Of weekdays and months. */
const longestWord = 10

function matchAt(sticky: RegExp, text: string, at: number): RegExpExecArray | null {
  sticky.lastIndex = at
  return sticky.exec(text)
}

function findYears(document: TextDocument, report: (finding: Finding) => void): void {
  const {text} = document
  for (const {starts, ends, groups} of document.numberRuns) {
    if (groups.length > 1 || !yearLike.test(groups[0] as string)) continue
    const start = starts[0] as number
    const end = ends[0] as number
    if (!beforeYear.test(text.slice(Math.max(0, start - 10), start))) continue
    const after = text.slice(end, end + 12)
    if (/^[\p{L}\d_%$€/\\(=+*-]/u.test(after) || /^[.,]\d/.test(after) || quantity.test(after)) continue
    report({type: 'DATE_TIME', start, end, score: 0.5, evidence: ['year']})
  }
}
