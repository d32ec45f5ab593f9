import * as z from 'zod'
import type {DashboardData, ShownPanel} from '../../build/dashboard-data.ts'
import {Catalogue, Metric, Unit} from '../../catalogue/catalogue.ts'
import type {PanelData} from '../../query/panel-data.ts'
import type {ReportingPeriod, Window as PeriodWindow} from '../../query/reporting-period.ts'
import {DashboardSpec, Panel} from '../../spec/dashboard-spec.ts'
import {snaked, type Snaked, unsnaked} from './key-case.ts'
import {panelText} from './panel-text.ts'

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

const Bucket = z.strictObject({
  key: z.string(),
  label: z.string(),
  start: Instant,
  end: Instant,
  complete: z.boolean().describe('False where it began before the period, or is not over yet'),
})
const Category = z.strictObject({label: z.string(), kind: z.enum(['value', 'none', 'other'])})
const Reason = z.strictObject({reason: z.string().describe('Why nothing is said')})

const FigureDocument = z.strictObject({
  kind: z.literal('figure'),
  unit: Unit,
  metric: Metric,
  value: Quantity,
  previous: Quantity,
  no_comparison: z.string().optional().describe('Why there is no previous value'),
  target: z.strictObject({title: z.string(), value: Quantity, reached: Quantity.describe('As a share')}).optional(),
})

const Forecast = z.strictObject({
  buckets: z.array(Bucket),
  values: z.array(Quantity),
  intervals: z.array(z.strictObject({level: z.number(), lower: z.array(Quantity), upper: z.array(Quantity)})),
  notes: z.array(z.string()),
})

const Usual = z.strictObject({
  steps: z
    .array(
      z
        .strictObject({
          expected: Quantity,
          lower: Quantity,
          upper: Quantity,
          anomaly: z.enum(['above', 'below']).optional(),
        })
        .nullable(),
    )
    .describe('One for each bucket; null for those that are not over or not known'),
  notes: z.array(z.string()),
})

const TrendDocument = z.strictObject({
  kind: z.literal('trend'),
  buckets: z.array(Bucket),
  series: z.array(Series).describe('Of each, a value for each bucket'),
  forecast: z.union([Forecast, Reason]).optional(),
  usual: z.union([Usual, Reason]).optional(),
})

const BreakdownDocument = z.strictObject({
  kind: z.literal('breakdown'),
  dimension: z.string(),
  categories: z.array(Category),
  series: z.array(Series).describe('Of each, a value for each category'),
  totals: z.array(Quantity).describe('Of all rows, by series'),
  additive: z.array(z.boolean()).describe('Whether the parts of each series add up to its total'),
  lift: z.array(Quantity).optional().describe('How many times the total of the first series each category has'),
})

const FunnelDocument = z.strictObject({
  kind: z.literal('funnel'),
  unit: Unit,
  steps: z.array(z.strictObject({title: z.string(), value: Quantity, of_first: Quantity, of_previous: Quantity})),
})

const MatrixDocument = z.strictObject({
  kind: z.literal('matrix'),
  metric: Metric,
  unit: Unit,
  row_title: z.string(),
  column_title: z.string(),
  rows: z.array(Category),
  columns: z.array(Category.extend({complete: z.boolean()})),
  values: z.array(z.array(Quantity)).describe('By row, then by column'),
})

/** What a panel shows. Its type has to be that of `PanelData`: `documentOf` and `dataOf` do not compile otherwise. */
const PanelDataDocument = z.discriminatedUnion('kind', [
  FigureDocument,
  TrendDocument,
  BreakdownDocument,
  FunnelDocument,
  MatrixDocument,
])

const PanelDocument = z.discriminatedUnion('status', [
  z.strictObject({
    status: z.literal('shown'),
    panel: Panel,
    notes: z.array(z.string()),
    data: PanelDataDocument,
    text: z
      .strictObject({
        value: z.string().optional().describe('Of a figure'),
        comparison: z.string().optional().describe('Of a figure, with the days before'),
        target: z.string().optional().describe('Of a figure that has one'),
        description: z.string().describe('For whoever does not see it'),
        remarks: z.array(z.string()).describe('What has to be known to read it right'),
        columns: z.array(z.strictObject({title: z.string(), numeric: z.boolean()})),
        rows: z.array(z.array(z.string())).describe('The table of the page'),
      })
      .describe('As people read it; it follows from the data'),
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
    panels: panels.map(shown => panelDocument(shown, period)),
  }
}

function panelDocument(shown: ShownPanel, period: ReportingPeriod): DashboardDocument['panels'][number] {
  const {panel, notes} = shown
  if ('reason' in shown) return {status: 'not_shown', panel, notes: [...notes], reason: shown.reason}
  const data: Snaked<PanelData> = snaked(shown.data)
  return {status: 'shown', panel, notes: [...notes], data, text: panelText(panel, shown.data, period)}
}

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
      return {panel, notes, data: panelData(each.data)}
    }),
  }
}

function panelData(document: z.infer<typeof PanelDataDocument>): PanelData {
  const data = unsnaked<PanelData>(document as Snaked<PanelData>)
  if (data.kind !== 'trend' || data.usual === undefined || 'reason' in data.usual) return data
  // JSON has no undefined in a list.
  return {...data, usual: {...data.usual, steps: data.usual.steps.map(step => step ?? undefined)}}
}
