import {readFile} from 'node:fs/promises'
import {InvalidInputError} from '@omni-ops/core/operation'
import * as z from 'zod'
import {Measure} from '../../catalogue/catalogue.ts'

/** https://prometheus.io/docs/concepts/data_model/#metric-names-and-labels */
const Label = z.string().regex(/^[a-zA-Z_][a-zA-Z0-9_]*$/, 'is no name of a label')
const ColumnName = z.string().regex(/^[a-z][a-z0-9_]{0,63}$/, 'is no name of a column')
const Expression = z.string().min(1).max(4000)
/** The selector alone: what it counts is taken before anything is added up, since counters begin again. */
const Selector = Expression

const Column = z.union([
  /** How much a counter grew in a step, over all its series with the same labels. */
  z.strictObject({counter: Selector}),
  /** What a gauge was in a step: over the step, then across series with the same labels. */
  z.strictObject({
    gauge: Selector,
    over: z.enum(['avg', 'max', 'min', 'last']).default('avg'),
    across: z.enum(['sum', 'avg', 'max', 'min']),
  }),
  /** Anything else; `$step` is the length of a step, and what it measures has to be said. */
  z.strictObject({query: Expression, measure: Measure}),
])
export type QueryColumn = z.infer<typeof Column>

const steps = {'1m': 60, '5m': 300, '10m': 600, '15m': 900, '30m': 1800, '1h': 3600} as const

/** What is asked of a Prometheus server, as tables: one row for each step and each set of labels. */
export const PrometheusQueries = z.strictObject({
  version: z.literal(1),
  step: z.enum(Object.keys(steps) as [keyof typeof steps]).default('1h'),
  authorization: z
    .union([
      z.strictObject({bearer: z.string().regex(/^(env|file):/)}),
      z.strictObject({user: z.string().min(1).max(200), password: z.string().regex(/^(env|file):/)}),
    ])
    .optional(),
  tables: z
    .record(
      ColumnName,
      z.strictObject({
        /** The column of the moments at which steps begin. */
        time: ColumnName.default('at'),
        /** Columns, with the labels that they hold. */
        labels: z.record(ColumnName, Label).default({}),
        columns: z.record(ColumnName, Column),
      }),
    )
    .refine(tables => Object.keys(tables).length > 0, 'there is no table'),
})
export type PrometheusQueries = z.infer<typeof PrometheusQueries>

export const secondsOf = ({step}: Pick<PrometheusQueries, 'step'>): number => steps[step]

/** @throws InvalidInputError for a file that cannot be read, or says something else */
export async function readQueries(path: string): Promise<PrometheusQueries> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new InvalidInputError(`${path} cannot be read: ${error.code}`)
  })
  if (text.length > 200_000) throw new InvalidInputError(`${path} is longer than 200000 characters`)
  const {parse} = await import('yaml')
  let value: unknown
  try {
    value = parse(text, {maxAliasCount: 100})
  } catch (error) {
    throw new InvalidInputError(`${path} is no YAML: ${(error as Error).message.split('\n')[0]}`, {cause: error})
  }
  const parsed = PrometheusQueries.safeParse(value)
  if (parsed.success) return parsed.data
  const problems = parsed.error.issues.map(({path: at, message}) => `${at.join('.')}: ${message}`)
  throw new InvalidInputError(`${path} is not right: ${problems.join('; ')}`, {
    hint: 'docs/dashboards-sources.md shows one',
    details: {problems},
  })
}

/**
 * The PromQL of a column. Rates are taken of each series before sums (https://prometheus.io/docs/prometheus/latest/querying/functions/#rate):
 * a sum of counters falls when one of them begins again. A whole step is looked at, so that nothing between two steps is
 * missed and a step in which nothing was scraped has no value.
 */
export function expressionOf(column: QueryColumn, labels: readonly string[], seconds: number): string {
  const by = `by (${labels.join(', ')})`
  if ('counter' in column) return `sum ${by} (increase(${column.counter}[${seconds}s]))`
  if ('gauge' in column) return `${column.across} ${by} (${column.over}_over_time(${column.gauge}[${seconds}s]))`
  return column.query.replaceAll('$step', `${seconds}s`)
}
