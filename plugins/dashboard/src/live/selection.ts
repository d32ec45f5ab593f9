import {InvalidInputError} from '@omni-ops/core/operation'

/** What a viewer chose to see of a dashboard: calendar days of its zone, and values of dimensions that rows must have. */
export interface Selection {
  readonly from?: string
  readonly to?: string
  readonly where: Readonly<Record<string, string>>
}

const filterPrefix = 'where.'
const mostFilters = 10

/** The name of a filter's field in a form and in an address. */
export const filterField = (dimension: string): string => `${filterPrefix}${dimension}`

/**
 * The selection of an address: `from`, `to`, and `where.region=North`. An empty value is none, as forms send it.
 * @throws InvalidInputError for any other parameter, since one that is misspelt would show what was not asked for
 */
export function selectionFrom(query: URLSearchParams): Selection {
  const where: Record<string, string> = {}
  let from: string | undefined
  let to: string | undefined
  for (const [name, value] of query) {
    if (value === '') continue
    if (name === 'from') from = value
    else if (name === 'to') to = value
    else if (name.startsWith(filterPrefix)) where[name.slice(filterPrefix.length)] = value
    else throw new InvalidInputError(`There is no parameter ${name}`, {hint: 'use from, to and where.DIMENSION'})
  }
  return checkedSelection({from, to, where})
}

/** @throws InvalidInputError for a day that is none, days in the wrong order, and what is no filter */
export function checkedSelection({
  from,
  to,
  where,
}: {
  readonly from?: string | undefined
  readonly to?: string | undefined
  readonly where: Readonly<Record<string, string>>
}): Selection {
  for (const day of [from, to]) if (day !== undefined) assertDay(day)
  if (from !== undefined && to !== undefined && from > to) {
    throw new InvalidInputError(`${from} is after ${to}`, {hint: 'give the first day before the last'})
  }
  const filters = Object.entries(where)
  if (filters.length > mostFilters) throw new InvalidInputError(`There are more than ${mostFilters} filters`)
  for (const [dimension, value] of filters) {
    if (!/^[a-z][a-z0-9_]{0,63}$/.test(dimension) || value.length > 200) {
      throw new InvalidInputError(`There is no filter ${dimension.slice(0, 80)}`)
    }
  }
  return {
    ...(from === undefined ? {} : {from}),
    ...(to === undefined ? {} : {to}),
    // In one order, so that the same selection is the same view.
    where: Object.fromEntries(filters.toSorted(([one], [other]) => (one < other ? -1 : 1))),
  }
}

function assertDay(day: string): void {
  const time = Date.parse(`${day}T00:00:00Z`)
  if (/^(19|20)\d{2}-\d{2}-\d{2}$/.test(day) && !Number.isNaN(time)) {
    // JavaScript takes the 31st of February for a day in March.
    if (new Date(time).toISOString().startsWith(day)) return
  }
  throw new InvalidInputError(`There is no day ${day.slice(0, 40)}`, {hint: 'write it as 2026-03-29'})
}
