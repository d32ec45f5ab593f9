import * as z from 'zod'
import {Name} from '../catalogue/catalogue.ts'

export const Grain = z.enum(['hour', 'day', 'week', 'month'])
export type Grain = z.infer<typeof Grain>

/** Rows that are shown, by a dimension's values; null is the value that is not there. */
export const Filter = z.strictObject({
  dimension: Name,
  operator: z.enum(['in', 'not_in']).default('in'),
  values: z.array(z.string().max(1000).nullable()).min(1).max(100),
})
export type Filter = z.infer<typeof Filter>

const described = {
  id: z.string().regex(/^[a-z][a-z0-9-]{0,63}$/),
  title: z.string().min(1).max(100),
  filters: z.array(Filter).max(20).default([]),
}

export const FigurePanel = z.strictObject({
  ...described,
  kind: z.literal('figure'),
  metric: Name,
  /** What it should have come to; of the same unit. */
  target: Name.optional(),
})

export const TrendPanel = z
  .strictObject({
    ...described,
    kind: z.literal('trend'),
    metrics: z.array(Name).min(1).max(5),
    grain: Grain,
    /** One line for each of its largest values, and one for all others. */
    split: Name.optional(),
    top: z.int().min(1).max(7).default(5),
    mark: z.enum(['line', 'bar', 'stacked']).default('line'),
    /** So many steps more, as the past lets expect them. */
    forecast: z.strictObject({steps: z.int().min(1).max(90)}).optional(),
    /** Marks steps that are far from what their trend and season would have. */
    anomalies: z.boolean().default(false),
  })
  .refine(({metrics, split}) => split === undefined || metrics.length === 1, 'what is split has one metric')
  .refine(
    ({metrics, split, mark, forecast, anomalies}) =>
      (forecast === undefined && !anomalies) || (metrics.length === 1 && split === undefined && mark === 'line'),
    'a forecast or anomalies are of one metric, drawn as one line',
  )

export const BreakdownPanel = z.strictObject({
  ...described,
  kind: z.literal('breakdown'),
  /** The first is drawn; the others stand in the table beside it. */
  metrics: z.array(Name).min(1).max(8),
  dimension: Name,
  top: z.int().min(1).max(50).default(8),
  /** By which metric the largest are chosen; the first where it is not said. */
  rank_by: Name.optional(),
  /** `dot` draws every metric that has the unit of the first, so that they can be compared for each value. */
  mark: z.enum(['bar', 'dot']).default('bar'),
  /** Tells how many times the first metric of all rows each value has: lift. */
  lift: z.boolean().default(false),
})

/** How many come to each step of a way, and how many of the first and of the step before that is. */
export const FunnelPanel = z.strictObject({
  ...described,
  kind: z.literal('funnel'),
  /** In the order of the way; counts of the same unit. */
  metrics: z.array(Name).min(2).max(8),
})

/** One metric by two dimensions, or by one and by time. */
export const MatrixPanel = z
  .strictObject({
    ...described,
    kind: z.literal('matrix'),
    metric: Name,
    rows: Name,
    columns: Name.optional(),
    /** By which metric the largest rows and columns are chosen; its own where it is not said. */
    rank_by: Name.optional(),
    grain: Grain.optional(),
    top_rows: z.int().min(1).max(40).default(12),
    top_columns: z.int().min(1).max(24).default(12),
  })
  .refine(({columns, grain}) => (columns === undefined) !== (grain === undefined), 'columns are a dimension or a grain')
  .refine(({rows, columns}) => rows !== columns, 'rows and columns are different dimensions')

export const Panel = z.discriminatedUnion('kind', [FigurePanel, TrendPanel, BreakdownPanel, FunnelPanel, MatrixPanel])
export type Panel = z.infer<typeof Panel>
export type FigurePanel = z.infer<typeof FigurePanel>
export type TrendPanel = z.infer<typeof TrendPanel>
export type BreakdownPanel = z.infer<typeof BreakdownPanel>
export type FunnelPanel = z.infer<typeof FunnelPanel>
export type MatrixPanel = z.infer<typeof MatrixPanel>

/** A dashboard as data. It names metrics and dimensions of a catalogue, and holds no SQL, no number and no markup. */
export const DashboardSpec = z
  .strictObject({
    version: z.literal(1),
    title: z.string().min(1).max(100),
    summary: z.string().max(300).optional(),
    /** The last so many calendar units, of which the one that is not over yet is the last. */
    period: z.strictObject({unit: z.enum(['day', 'week', 'month']), count: z.int().min(1).max(1000)}),
    filters: z.array(Filter).max(20).default([]),
    panels: z.array(Panel).min(1).max(40),
  })
  .refine(({panels}) => new Set(panels.map(({id}) => id)).size === panels.length, 'each panel has an id of its own')
export type DashboardSpec = z.infer<typeof DashboardSpec>

/** Every metric that a panel shows. */
export function metricsOf(panel: Panel): readonly string[] {
  switch (panel.kind) {
    case 'figure':
      return panel.target === undefined ? [panel.metric] : [panel.metric, panel.target]
    case 'matrix':
      return panel.rank_by === undefined ? [panel.metric] : [...new Set([panel.metric, panel.rank_by])]
    case 'breakdown':
      return [...new Set([...panel.metrics, ...(panel.rank_by === undefined ? [] : [panel.rank_by])])]
    case 'trend':
    case 'funnel':
      return panel.metrics
  }
}

/** Every dimension that a panel shows or filters by. */
export function dimensionsOf(panel: Panel, spec: Pick<DashboardSpec, 'filters'>): readonly string[] {
  const filtered = [...panel.filters, ...spec.filters].map(({dimension}) => dimension)
  return [...new Set([...shownDimensions(panel), ...filtered])]
}

function shownDimensions(panel: Panel): readonly string[] {
  if (panel.kind === 'breakdown') return [panel.dimension]
  if (panel.kind === 'trend') return panel.split === undefined ? [] : [panel.split]
  if (panel.kind === 'matrix') return [panel.rows, ...(panel.columns === undefined ? [] : [panel.columns])]
  return []
}
