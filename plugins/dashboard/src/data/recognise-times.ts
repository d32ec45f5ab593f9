import type {DataSession} from './data-session.ts'
import {quoted} from './quote.ts'

/**
 * Turns columns of text into instants or dates where every value is one: in the form of ISO 8601, or as a day, a month
 * and a year of four digits of which it is certain which is which. So no version number and no code becomes a day, and
 * 01/03/2026 stays text where nothing tells whether it is in January.
 */
export async function recogniseTimes(table: string, session: DataSession): Promise<void> {
  const columns = (await session.schema()).get(table) ?? new Map()
  const texts = [...columns].filter(([, type]) => type === 'text').map(([name]) => name)
  if (texts.length === 0) return
  const firsts = texts.map(
    (column, index) =>
      `(SELECT ${quoted(column)} FROM ${quoted(table)} WHERE ${quoted(column)} IS NOT NULL LIMIT 1) AS c${index}`,
  )
  const [first = {}] = await session.query(`SELECT ${firsts.join(', ')}`)
  // Every value has to be looked at where the first one is a time, and none where it is not.
  for (const [index, column] of texts.entries()) {
    const value = String(first[`c${index}`])
    if (/^\d{4}-\d{2}-\d{2}/.test(value)) await recogniseIso(table, column, session)
    else if (numberedDay.test(value)) await recogniseNumbered(table, column, session)
  }
}

async function recogniseIso(table: string, column: string, session: DataSession): Promise<void> {
  const name = quoted(column)
  const [found] = await session.query(
    `SELECT count(${name}) AS filled,
      count(*) FILTER (regexp_full_match(${name}, '\\d{4}-\\d{2}-\\d{2}') AND TRY_CAST(${name} AS DATE) IS NOT NULL) AS dates,
      count(*) FILTER (regexp_matches(${name}, '^\\d{4}-\\d{2}-\\d{2}[T ]\\d{2}:\\d{2}') AND TRY_CAST(${name} AS TIMESTAMPTZ) IS NOT NULL) AS instants
    FROM ${quoted(table)}`,
  )
  const {filled, dates, instants} = found!
  if (filled === '0' || (dates !== filled && instants !== filled)) return
  const type = dates === filled ? 'DATE' : 'TIMESTAMPTZ'
  await become(table, column, type, `CAST(${name} AS ${type})`, session)
}

/** A day, a month and a year, with one separator, and perhaps a time of day. */
const numberedDay = /^\d{1,2}([./-])\d{1,2}\1\d{4}(?!\d)/

/** In which order the numbers of days stand, as far as all values of a column tell; a dot says it by itself. */
export type DayOrder = 'day first' | 'month first' | 'uncertain'

/**
 * Undefined where not every value is a day, a month and a year. Where a dot separates them the day comes first, in every
 * locale of CLDR that writes so; with other separators only a number above 12 tells.
 */
export async function dayOrderOf(table: string, column: string, session: DataSession): Promise<DayOrder | undefined> {
  const name = quoted(column)
  const parts = `regexp_extract(${name}, '^(\\d{1,2})([./-])(\\d{1,2})([./-])\\d{4}(\\D|$)', ['a', 'one', 'b', 'other'])`
  const [found] = await session.ask(
    `SELECT count(${name}) AS filled, count(*) FILTER (p.a <> '' AND p.one = p.other) AS matching,
      max(TRY_CAST(p.a AS INTEGER)) AS first, max(TRY_CAST(p.b AS INTEGER)) AS second, bool_and(p.one = '.') AS dotted
    FROM (SELECT ${name}, ${parts} AS p FROM ${quoted(table)} WHERE ${name} IS NOT NULL)`,
  )
  const {filled, matching, dotted} = found!
  if (filled === '0' || matching !== filled) return undefined
  const [first, second] = [Number(found!.first), Number(found!.second)]
  if (first > 12) return second > 12 ? undefined : 'day first'
  if (second > 12) return dotted === true ? undefined : 'month first'
  return dotted === true ? 'day first' : 'uncertain'
}

async function recogniseNumbered(table: string, column: string, session: DataSession): Promise<void> {
  const order = await dayOrderOf(table, column, session)
  if (order === undefined || order === 'uncertain') return
  const name = quoted(column)
  const forms = ['.', '/', '-'].flatMap(separator => {
    const day = (order === 'day first' ? ['%d', '%m', '%Y'] : ['%m', '%d', '%Y']).join(separator)
    return ['', ' %H:%M', ' %H:%M:%S', ' %I:%M %p', ' %I:%M:%S %p'].map(time => `'${day}${time}'`)
  })
  const read = `try_strptime(${name}, [${forms.join(', ')}])`
  const [found] = await session.query(
    `SELECT count(${name}) AS filled, count(${read}) AS times, count(*) FILTER (regexp_full_match(${name}, '\\d+\\D\\d+\\D\\d{4}')) AS days
    FROM ${quoted(table)}`,
  )
  const {filled, times, days} = found!
  if (times !== filled) return
  const type = days === filled ? 'DATE' : 'TIMESTAMP'
  await become(table, column, type, `CAST(${read} AS ${type})`, session)
}

const become = (table: string, column: string, type: string, value: string, session: DataSession) =>
  session.query(`ALTER TABLE ${quoted(table)} ALTER ${quoted(column)} SET DATA TYPE ${type} USING ${value}`)
