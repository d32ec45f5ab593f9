import type {DataSession} from '../data/data-session.ts'
import {quoted} from '../data/quote.ts'
import type {ColumnType} from './check-catalogue.ts'

/** What the values of a column tell of it. */
export interface ColumnValues {
  readonly filled: number
  readonly different: number
  /** All are codes of currencies (ISO 4217). */
  readonly currencies: boolean
  /** All are whole numbers. */
  readonly whole: boolean
  /** All are from 0 to 1. */
  readonly shares: boolean
}

export async function columnValues(
  table: string,
  column: string,
  type: ColumnType,
  session: DataSession,
): Promise<ColumnValues> {
  const name = quoted(column)
  const numbers =
    type === 'number'
      ? `bool_and(${name} = floor(${name})) AS whole, bool_and(${name} BETWEEN 0 AND 1) AS shares`
      : 'false AS whole, false AS shares'
  const codes = Intl.supportedValuesOf('currency').map(code => `'${code}'`)
  const currencies = type === 'text' ? `bool_and(${name} IN (${codes.join(', ')}))` : 'false'
  const [found] = await session.ask(
    `SELECT count(${name}) AS filled, count(DISTINCT ${name}) AS different, ${numbers}, ${currencies} AS currencies FROM ${quoted(table)}`,
  )
  const {filled, different, whole, shares, currencies: coded} = found!
  return {
    filled: Number(filled),
    different: Number(different),
    currencies: coded === true,
    whole: whole === true,
    shares: shares === true,
  }
}
