import * as z from 'zod'
import type {DashboardData, ShownPanel} from '../../build/dashboard-data.ts'
import {Catalogue, Metric, Unit} from '../../catalogue/catalogue.ts'
import type {PanelData} from '../../query/panel-data.ts'
import type {Window as PeriodWindow} from '../../query/reporting-period.ts'
import {DashboardSpec, Panel} from '../../spec/dashboard-spec.ts'
import {changeText, quantityText} from '../quantity-text.ts'
import {snaked, type Snaked, unsnaked} from './key-case.ts'

/** An exact decimal without an exponent; null where there is no number. */
const Quantity = z
  .string()
  .regex(/^-?\d+(\.\d+)?$/)
  .nullable()
const Day = z.iso.date()
/** ISO 8601 in UTC with microseconds. */
const Instant = z.string().regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}Z$/)
const Window = z.strictObject({start: Instant, end: Instant, first_day: Day, last_day: Day})
const Series = z.strictObject({
  title: z.string(),
  unit: Unit,
  values: z.array(Quantity),
  other: z.boolean().describe('All but the largest together'),
})

const FigureDocument = z.strictObject({
  kind: z.literal('figure'),
  unit: Unit,
  metric: Metric,
  value: Quantity,
  previous: Quantity,
  no_comparison: z.string().optional().describe('Why there is no previous value'),
})

const TrendDocument = z.strictObject({
  kind: z.literal('trend'),
  buckets: z.array(
    z.strictObject({
      key: z.string(),
      label: z.string(),
      start: Instant,
      end: Instant,
      complete: z.boolean().describe('False where it began before the period, or is not over yet'),
    }),
  ),
  series: z.array(Series).describe('Of each, a value for each bucket'),
})

const BreakdownDocument = z.strictObject({
  kind: z.literal('breakdown'),
  dimension: z.string(),
  categories: z.array(z.strictObject({label: z.string(), kind: z.enum(['value', 'none', 'other'])})),
  series: z.array(Series).describe('Of each, a value for each category'),
  totals: z.array(Quantity).describe('Of all rows, by series'),
  additive: z.array(z.boolean()).describe('Whether the parts of each series add up to its total'),
})

/** What a panel shows. Its type has to be that of `PanelData`: `documentOf` and `dataOf` do not compile otherwise. */
const PanelDataDocument = z.discriminatedUnion('kind', [FigureDocument, TrendDocument, BreakdownDocument])

const PanelDocument = z.discriminatedUnion('status', [
  z.strictObject({
    status: z.literal('shown'),
    panel: Panel,
    notes: z.array(z.string()),
    data: PanelDataDocument,
    text: z
      .strictObject({
        value: z.string(),
        previous: z.string(),
        change: z.string().nullable(),
      })
      .optional()
      .describe('A figure as people read it'),
  }),
  z.strictObject({
    status: z.literal('not_shown'),
    panel: Panel,
    notes: z.array(z.string()),
    reason: z.string(),
  }),
])

/** A dashboard as JSON: everything that any other form of it is made from, with every number as exact decimal text. */
export const DashboardDocument = z.strictObject({
  kind: z.literal('omni.dashboard'),
  version: z.literal(1),
  title: z.string(),
  summary: z.string().nullable(),
  sample: z.boolean().describe('Nothing of it happened'),
  source: z.string().nullable().describe('Where the data are from, in words; null for sample data'),
  period: z.strictObject({
    zone: z.string(),
    days: z.int(),
    current: Window,
    previous: Window,
    coverage: z.record(z.string(), Window).describe('From when to when each table tells'),
  }),
  spec: DashboardSpec,
  catalogue: Catalogue,
  missing: z.array(
    z.strictObject({
      kind: z.enum(['metric', 'dimension']),
      name: z.string(),
      title: z.string(),
      reason: z.string(),
    }),
  ),
  panels: z.array(PanelDocument),
})
export type DashboardDocument = z.infer<typeof DashboardDocument>

export function documentOf(data: DashboardData): DashboardDocument {
  const {title, summary, spec, period, source, panels, catalogue, missing} = data
  const {zone, days, current, previous, coverage} = period
  return {
    kind: 'omni.dashboard',
    version: 1,
    title,
    summary: summary ?? null,
    sample: source === undefined,
    source: source ?? null,
    period: {
      zone,
      days,
      current: snaked(current),
      previous: snaked(previous),
      coverage: Object.fromEntries([...coverage].map(([table, window]) => [table, snaked(window)])),
    },
    spec,
    catalogue,
    missing: missing.map(each => ({...each})),
    panels: panels.map(panelDocument),
  }
}

function panelDocument(shown: ShownPanel): DashboardDocument['panels'][number] {
  const {panel, notes} = shown
  if ('reason' in shown) return {status: 'not_shown', panel, notes: [...notes], reason: shown.reason}
  const data: Snaked<PanelData> = snaked(shown.data)
  const text = shown.data.kind === 'figure' ? {text: figureText(shown.data)} : {}
  return {status: 'shown', panel, notes: [...notes], data, ...text}
}

const figureText = ({value, previous, unit}: PanelData & {kind: 'figure'}) => ({
  value: quantityText(value, unit),
  previous: quantityText(previous, unit),
  change: changeText(value, previous, unit)?.text ?? null,
})

/** The data that a document was made from. */
export function dataOf(document: DashboardDocument): DashboardData {
  const {title, summary, spec, period, source, panels, catalogue, missing} = document
  const {zone, days, current, previous, coverage} = period
  return {
    title,
    summary: summary ?? undefined,
    spec,
    source: source ?? undefined,
    catalogue,
    missing,
    period: {
      zone,
      days,
      current: unsnaked<PeriodWindow>(current),
      previous: unsnaked<PeriodWindow>(previous),
      coverage: new Map(Object.entries(coverage).map(([table, window]) => [table, unsnaked<PeriodWindow>(window)])),
    },
    panels: panels.map((each): ShownPanel => {
      const {panel, notes} = each
      if (each.status === 'not_shown') return {panel, notes, reason: each.reason}
      return {panel, notes, data: unsnaked<PanelData>(each.data as Snaked<PanelData>)}
    }),
  }
}
