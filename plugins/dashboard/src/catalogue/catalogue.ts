import * as z from 'zod'

/** How the catalogue, specs and panels call things: lower-case words with underscores. */
export const Name = z.string().regex(/^[a-z][a-z0-9_]{0,63}$/)

/** A table or column as the data calls it: any text that is no SQL by the time it is quoted. */
const Identifier = z.string().min(1).max(200)

/**
 * What a column holds, and so what may be done with it over rows:
 * - `amount`: adds up (a payment, a count, a duration that was spent)
 * - `value`: a measurement of one thing, whose sum means nothing (a latency, a score)
 * - `balance`: a state at a moment, which adds up across things and never over time (recurring revenue, stock)
 * - `ratio`, `percentile`: computed before it got here, so that neither a sum nor an average of it is true
 */
export const Measure = z.enum(['amount', 'value', 'balance', 'ratio', 'percentile'])
export type Measure = z.infer<typeof Measure>

export const Unit = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('currency'),
    /** ISO 4217. */
    currency: z
      .string()
      .regex(/^[A-Z]{3}$/)
      .optional(),
    /** Where each row says its own currency; amounts of two are never added. */
    column: Identifier.optional(),
  }),
  z.strictObject({kind: z.literal('count'), noun: z.string().max(60).optional()}),
  z.strictObject({kind: z.literal('share')}),
  z.strictObject({kind: z.literal('seconds')}),
  z.strictObject({kind: z.literal('milliseconds')}),
  z.strictObject({kind: z.literal('bytes')}),
  z.strictObject({kind: z.literal('number'), noun: z.string().max(60).optional()}),
])
export type Unit = z.infer<typeof Unit>

const isAscending = (edges: readonly number[]) => edges.every((edge, index) => index === 0 || edge > edges[index - 1]!)

const Literal = z.union([z.string().max(1000), z.number(), z.boolean()])

/** Rows that a metric counts. */
export const Condition = z.strictObject({
  column: Identifier,
  operator: z.enum(['is', 'is_not', 'at_least', 'below']).default('is'),
  values: z.array(Literal).min(1).max(100),
})
export type Condition = z.infer<typeof Condition>

const described = {
  title: z.string().min(1).max(80),
  description: z.string().max(500).optional(),
  unit: Unit,
  /** Whether more is better, for the colour and the word of a change. */
  better: z.enum(['higher', 'lower', 'neither']).default('neither'),
}
const overRows = {...described, table: Identifier, where: z.array(Condition).max(20).default([])}
const overColumn = {...overRows, column: Identifier}

export const Metric = z.discriminatedUnion('kind', [
  z.strictObject({kind: z.literal('count'), ...overRows}),
  z.strictObject({kind: z.literal('distinct'), ...overColumn}),
  z.strictObject({kind: z.literal('sum'), ...overColumn}),
  z.strictObject({kind: z.literal('balance'), ...overColumn}),
  z.strictObject({kind: z.literal('mean'), ...overColumn}),
  z.strictObject({kind: z.literal('minimum'), ...overColumn}),
  z.strictObject({kind: z.literal('maximum'), ...overColumn}),
  z.strictObject({kind: z.literal('percentile'), ...overColumn, percentile: z.number().gt(0).lt(100)}),
  z.strictObject({kind: z.literal('ratio'), ...described, numerator: Name, denominator: Name}),
])
export type Metric = z.infer<typeof Metric>
export type RowMetric = Exclude<Metric, {kind: 'ratio'}>

export const Dimension = z.strictObject({
  title: z.string().min(1).max(80),
  table: Identifier,
  column: Identifier,
  /** Its values have an order of their own (months of a stay, sizes) and are shown in it, not the largest first. */
  ordered: z.boolean().optional(),
  /** For a column of numbers: the bands that they fall into, each from its edge to below the next. */
  bands: z
    .strictObject({
      edges: z.array(z.number()).min(1).max(40).refine(isAscending, 'edges are in ascending order'),
      /** Whether edges are shares, told as per cent. */
      share: z.boolean().default(false),
    })
    .optional(),
})
export type Dimension = z.infer<typeof Dimension>

export const CatalogueTable = z.strictObject({
  /** Columns that tell one row from every other: its grain. */
  key: z.array(Identifier).max(20).default([]),
  time: z
    .strictObject({
      column: Identifier,
      /** `date` is a calendar day that no zone moves; `instant` a moment. */
      kind: z.enum(['instant', 'date']),
      /** Whose clock wrote instants that do not say; UTC where it is not given. */
      zone: z.string().max(60).default('UTC'),
    })
    .optional(),
  /** Rows tell of what is to come too, such as plans: how far they reach does not say what day it is. */
  ahead: z.boolean().optional(),
  measures: z.record(Identifier, Measure).default({}),
  /** Tables with at most one row for each row of this one, by the columns that lead to it. */
  joins: z
    .array(z.strictObject({table: Identifier, on: z.record(Identifier, Identifier)}))
    .max(20)
    .default([]),
})
export type CatalogueTable = z.infer<typeof CatalogueTable>

/** What there is to show: the only words that a dashboard can be written in. */
export const Catalogue = z.strictObject({
  version: z.literal(1),
  tables: z.record(Identifier, CatalogueTable),
  metrics: z.record(Name, Metric),
  dimensions: z.record(Name, Dimension),
})
export type Catalogue = z.infer<typeof Catalogue>

/**
 * `additive`: parts add up, over time and across things. `semi-additive`: across things at one moment, never over time.
 * `none`: parts do not add up; each total is computed from the rows.
 */
export type Additivity = 'additive' | 'semi-additive' | 'none'

export function additivityOf(metric: Metric): Additivity {
  if (metric.kind === 'sum' || metric.kind === 'count') return 'additive'
  return metric.kind === 'balance' ? 'semi-additive' : 'none'
}

/** The metrics that rows are read for: a ratio's two sides, or the metric itself. */
export function partsOf(name: string, catalogue: Catalogue): readonly (readonly [string, RowMetric])[] {
  const metric = catalogue.metrics[name]
  if (metric === undefined) return []
  if (metric.kind !== 'ratio') return [[name, metric]]
  return [metric.numerator, metric.denominator].flatMap(part => {
    const found = catalogue.metrics[part]
    return found === undefined || found.kind === 'ratio' ? [] : [[part, found] as const]
  })
}
