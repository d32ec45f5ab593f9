import type {DataSession} from './data-session.ts'
import {quoted} from './quote.ts'

/** Digits, in threes with a separator or without one, and a fraction behind the other separator. */
const written = {
  comma: '[-+]?(\\d+|\\d{1,3}(\\.\\d{3})+)(,\\d+)?',
  point: '[-+]?(\\d+|\\d{1,3}(,\\d{3})+)(\\.\\d+)?',
} as const

/**
 * Turns columns of text into numbers where every value is one and it is certain what its commas are: `1.020,50` and
 * `10,5` have them before a fraction, `1,020.50` between thousands. Where every value is like `1,020` it may be either,
 * and the column stays text. What has no comma was a number before.
 */
export async function recogniseNumbers(table: string, session: DataSession): Promise<void> {
  const columns = (await session.schema()).get(table) ?? new Map()
  const texts = [...columns].filter(([, type]) => type === 'text').map(([name]) => name)
  for (const column of texts) {
    const name = quoted(column)
    const [first] = await session.query(
      `SELECT ${name} AS value FROM ${quoted(table)} WHERE ${name} IS NOT NULL LIMIT 1`,
    )
    if (!/^[-+]?\d[\d.,]*$/.test(String(first?.value))) continue
    const separator = await decimalSeparatorOf(table, column, session)
    if (separator === undefined || separator === 'uncertain') continue
    const digits = separator === ',' ? `replace(replace(${name}, '.', ''), ',', '.')` : `replace(${name}, ',', '')`
    await session.query(
      `ALTER TABLE ${quoted(table)} ALTER ${name} SET DATA TYPE DOUBLE USING CAST(${digits} AS DOUBLE)`,
    )
  }
}

/** Undefined where not all values are numbers with a comma somewhere. */
export async function decimalSeparatorOf(
  table: string,
  column: string,
  session: DataSession,
): Promise<',' | '.' | 'uncertain' | undefined> {
  const name = quoted(column)
  const [found] = await session.ask(
    `SELECT count(${name}) AS filled, bool_or(contains(${name}, ',')) AS separated,
      count(*) FILTER (regexp_full_match(${name}, '${written.comma}')) AS comma,
      count(*) FILTER (regexp_full_match(${name}, '${written.point}')) AS point
    FROM ${quoted(table)}`,
  )
  const {filled, separated, comma, point} = found!
  if (separated !== true || (comma !== filled && point !== filled)) return undefined
  if (comma === point) return 'uncertain'
  return comma === filled ? ',' : '.'
}
