import type {Catalogue} from '../catalogue/catalogue.ts'
import type {DataSession} from '../data/data-session.ts'
import {quoted} from '../data/quote.ts'

/** A value of a dimension that a prompt names word for word. */
export interface NamedValue {
  readonly dimension: string
  readonly value: string
  /** Whether it is written so that it can hardly be anything else: as in the data, with a capital or a digit. */
  readonly isMeant: boolean
}

const mostOfDimension = 20

/**
 * Which values of the data a prompt names. They are the only ones that a model is told of, and whoever wrote the prompt
 * knew them already.
 */
export async function namedValues(
  prompt: string,
  {dimensions}: Pick<Catalogue, 'dimensions'>,
  session: DataSession,
): Promise<readonly NamedValue[]> {
  const named: NamedValue[] = []
  for (const [dimension, {table, column}] of Object.entries(dimensions)) {
    const text = `CAST(${quoted(column)} AS VARCHAR)`
    const rows = await session.query(
      `SELECT DISTINCT ${text} AS value FROM ${quoted(table)} WHERE length(${text}) BETWEEN 2 AND 100 ` +
        `AND contains(lower($prompt), lower(${text})) ORDER BY value LIMIT ${mostOfDimension * 5}`,
      {prompt},
    )
    const whole = rows.map(({value}) => String(value)).filter(value => placeOf(value, prompt, 'iu') !== undefined)
    named.push(
      ...whole.slice(0, mostOfDimension).map(value => ({
        dimension,
        value,
        isMeant: /[\p{Lu}\p{N}]/u.test(value) && (placeOf(value, prompt, 'u') ?? 0) > 0,
      })),
    )
  }
  return named
}

/** Where a prompt has a value as words of its own. */
function placeOf(value: string, prompt: string, flags: string): number | undefined {
  const escaped = value.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
  const pattern = new RegExp(`(?<![\\p{L}\\p{N}])${escaped}(?![\\p{L}\\p{N}])`, flags)
  return pattern.exec(prompt)?.index
}
