import type {Quantity} from '../../query/metric-query.ts'
import type {Unit} from '../../catalogue/catalogue.ts'

/** A column of a frame, as Grafana's `DataFrameJSON` has it (packages/grafana-data, `DataFrameJSON.ts`). */
export interface Field {
  readonly name: string
  readonly type: 'time' | 'number' | 'string'
  readonly config?: {
    readonly unit?: string
    readonly color?: {readonly mode: 'fixed'; readonly fixedColor: string}
    readonly custom?: Readonly<Record<string, unknown>>
  }
  readonly values: readonly (string | number | null)[]
}

/**
 * The query of Grafana's own data source that is answered by what stands in the dashboard, the same that Grafana
 * writes where a panel is given a file: `public/app/plugins/datasource/grafana/types.ts`, `GrafanaQueryType.Snapshot`.
 */
export function snapshotTarget(fields: readonly Field[]) {
  return {
    refId: 'A',
    datasource: grafanaSource,
    queryType: 'snapshot',
    snapshot: [
      {
        schema: {refId: 'A', fields: fields.map(({values: _values, ...field}) => field)},
        data: {values: fields.map(({values}) => values)},
      },
    ],
  }
}

/** "-- Grafana --", which every Grafana has without being configured. */
export const grafanaSource = {type: 'grafana', uid: 'grafana'}

export const timeField = (name: string, instants: readonly string[]): Field => ({
  name,
  type: 'time',
  values: instants.map(instant => Date.parse(instant)),
})

/** Grafana counts in binary numbers: digits above 2^53 are rounded there, and nowhere before. */
export const numberField = (
  name: string,
  values: readonly Quantity[],
  unit: Unit,
  {colour, custom}: {readonly colour?: string; readonly custom?: Readonly<Record<string, unknown>>} = {},
): Field => ({
  name,
  type: 'number',
  config: {
    unit: unitOf(unit),
    ...(colour === undefined ? {} : {color: {mode: 'fixed' as const, fixedColor: colour}}),
    ...(custom === undefined ? {} : {custom}),
  },
  values: values.map(value => (value === null ? null : Number(value))),
})

/** Ids of units: packages/grafana-data/src/valueFormats/categories.ts; `currency:` takes any symbol. */
export function unitOf(unit: Unit): string {
  switch (unit.kind) {
    case 'currency':
      return unit.currency === undefined ? 'locale' : `currency:${symbolOf(unit.currency)}`
    case 'share':
      return 'percentunit'
    case 'seconds':
      return 's'
    case 'milliseconds':
      return 'ms'
    case 'bytes':
      return 'bytes'
    case 'count':
    case 'number':
      return 'locale'
  }
}

function symbolOf(currency: string): string {
  const parts = new Intl.NumberFormat('en', {style: 'currency', currency, currencyDisplay: 'narrowSymbol'})
  return parts.formatToParts(0).find(({type}) => type === 'currency')?.value ?? currency
}
