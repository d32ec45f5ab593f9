import type * as z from 'zod'

/** How a person calls what a schema expects. */
const names: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  bigint: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
  date: 'a date',
  null: 'null',
}

const counted: Readonly<Record<string, string>> = {string: 'characters', array: 'items', set: 'items', map: 'entries'}

/**
 * What is wrong with a value, for whoever typed or sent it; undefined where zod's own words, or the schema's, will do.
 * To be given to a parse as `error`: what a schema says itself goes before it.
 */
export function plainProblem(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined
        ? 'is required'
        : `must be ${names[issue.expected] ?? issue.expected}, not ${kindOf(issue.input)}`
    case 'too_small':
      return boundOf('least', 'more than', issue.origin, issue.minimum, issue.inclusive !== false, issue.exact === true)
    case 'too_big':
      return boundOf('most', 'less than', issue.origin, issue.maximum, issue.inclusive !== false, issue.exact === true)
    case 'invalid_value':
      return `must be ${issue.values.length === 1 ? '' : 'one of '}${issue.values.map(String).join(', ')}`
    case 'invalid_format':
      return issue.format === 'url' ? 'must be a URL, such as https://example.com' : undefined
    default:
      return undefined
  }
}

function boundOf(
  extreme: 'least' | 'most',
  beyond: string,
  origin: string,
  bound: number | bigint,
  inclusive: boolean,
  exact: boolean,
): string {
  const unit = counted[origin]
  if (unit === undefined) return inclusive ? `must be at ${extreme} ${bound}` : `must be ${beyond} ${bound}`
  const several = Number(bound) === 1 ? unit.replace(/ies$/, 'y').replace(/s$/, '') : unit
  if (exact) return `must have exactly ${bound} ${several}`
  if (extreme === 'least' && Number(bound) === 1) return 'must not be empty'
  return `must have at ${extreme} ${bound} ${several}`
}

function kindOf(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'number' && !Number.isInteger(value)) return Number.isNaN(value) ? 'NaN' : `${value}`
  return names[typeof value] ?? typeof value
}
