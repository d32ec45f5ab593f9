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

export const FigurePanel = z.strictObject({...described, kind: z.literal('figure'), metric: Name})

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
  })
  .refine(({metrics, split}) => split === undefined || metrics.length === 1, 'what is split has one metric')

export const BreakdownPanel = z.strictObject({
  ...described,
  kind: z.literal('breakdown'),
  /** The first is drawn; the others stand in the table beside it. */
  metrics: z.array(Name).min(1).max(8),
  dimension: Name,
  top: z.int().min(1).max(50).default(8),
  /** By which metric the largest are chosen; the first where it is not said. */
  rank_by: Name.optional(),
})

export const Panel = z.discriminatedUnion('kind', [FigurePanel, TrendPanel, BreakdownPanel])
export type Panel = z.infer<typeof Panel>
export type FigurePanel = z.infer<typeof FigurePanel>
export type TrendPanel = z.infer<typeof TrendPanel>
export type BreakdownPanel = z.infer<typeof BreakdownPanel>

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
  if (panel.kind === 'figure') return [panel.metric]
  const rank = panel.kind === 'breakdown' && panel.rank_by !== undefined ? [panel.rank_by] : []
  return [...new Set([...panel.metrics, ...rank])]
}

/** Every dimension that a panel shows or filters by. */
export function dimensionsOf(panel: Panel, spec: Pick<DashboardSpec, 'filters'>): readonly string[] {
  const shown =
    panel.kind === 'breakdown' ? [panel.dimension] : panel.kind === 'trend' && panel.split ? [panel.split] : []
  return [
    ...new Set(
      [...shown, ...panel.filters, ...spec.filters].map(each => (typeof each === 'string' ? each : each.dimension)),
    ),
  ]
}
