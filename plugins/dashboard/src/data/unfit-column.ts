import type {ColumnType} from '../catalogue/check-catalogue.ts'
import type {DataSession} from './data-session.ts'
import {quoted} from './quote.ts'
import {decimalSeparatorOf} from './recognise-numbers.ts'
import {dayOrderOf} from './recognise-times.ts'

/** Days as spreadsheets count them, of the years from 1954 to 2119. */
const isSerialDay = (value: string) =>
  /^\d{5}(\.\d+)?$/.test(value) && Number(value) >= 20_000 && Number(value) < 80_000
const longestExample = 30

/** What a column holds instead of numbers or of times, to follow its name: “holds text, such as “€10””. */
export async function whatItHolds(
  table: string,
  column: string,
  {type, wanted}: {type: ColumnType; wanted: 'number' | 'time'},
  session: DataSession,
): Promise<string> {
  const name = quoted(column)
  const [first] = await session.ask(
    `SELECT CAST(${name} AS VARCHAR) AS value FROM ${quoted(table)} WHERE ${name} IS NOT NULL LIMIT 1`,
  )
  if (first === undefined) return 'holds nothing'
  const value = String(first.value)
  const example = `“${value.length > longestExample ? `${value.slice(0, longestExample)}…` : value}”`
  if (wanted === 'time' && type === 'number') {
    const serial = isSerialDay(value) ? ': days as spreadsheets count them are to be written as 2026-03-01' : ''
    return `holds numbers, such as ${example}${serial}`
  }
  if (wanted === 'time' && type === 'text' && (await dayOrderOf(table, column, session)) === 'uncertain') {
    return `holds days such as ${example}, and nothing tells which number is the month: write 2026-03-01`
  }
  if (wanted === 'number' && type === 'text' && (await decimalSeparatorOf(table, column, session)) === 'uncertain') {
    return `holds numbers such as ${example}, and nothing tells whether a fraction follows the comma`
  }
  return `holds ${type === 'text' ? 'text' : type === 'number' ? 'numbers' : 'something else'}, such as ${example}`
}
