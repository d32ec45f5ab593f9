import type {Catalogue, Metric, Unit} from '../catalogue/catalogue.ts'
import type {DataSession} from '../data/data-session.ts'
import type {DashboardSpec, Panel} from '../spec/dashboard-spec.ts'
import type {Quantity} from './metric-query.ts'
import {MetricReader} from './metric-reader.ts'
import {readBreakdown, readMatrix} from './read-breakdown.ts'
import {readFigure, readFunnel} from './read-figure.ts'
import {readTrend} from './read-trend.ts'
import type {Bucket, ReportingPeriod} from './reporting-period.ts'

export interface FigureData {
  readonly kind: 'figure'
  readonly unit: Unit
  readonly metric: Metric
  readonly value: Quantity
  readonly previous: Quantity
  /** Why there is no previous value, where there is none. */
  readonly noComparison?: string
  readonly target?: {readonly title: string; readonly value: Quantity; /** As a share. */ readonly reached: Quantity}
}

export interface Series {
  readonly title: string
  readonly unit: Unit
  readonly values: readonly Quantity[]
  /** All but the largest together. */
  readonly other: boolean
}

export interface TrendData {
  readonly kind: 'trend'
  readonly buckets: readonly Bucket[]
  readonly series: readonly Series[]
  /** What may come after the steps that are over, or why nothing is said of it. */
  readonly forecast?: TrendForecast | {readonly reason: string}
  /** What each step would usually be, or why nothing is said of it. */
  readonly usual?: TrendUsual | {readonly reason: string}
}

export interface TrendForecast {
  /** The steps that are forecast; the first may be the one that is not over yet. */
  readonly buckets: readonly Bucket[]
  readonly values: readonly Quantity[]
  readonly intervals: readonly {
    /** Such as 0.95. */
    readonly level: number
    readonly lower: readonly Quantity[]
    readonly upper: readonly Quantity[]
  }[]
  /** How it was made and how good that was, in sentences. */
  readonly notes: readonly string[]
}

export interface TrendUsual {
  /** One for each step of the trend; undefined for those that are not over or not known. */
  readonly steps: readonly (
    | {
        readonly expected: Quantity
        readonly lower: Quantity
        readonly upper: Quantity
        readonly anomaly: 'above' | 'below' | undefined
      }
    | undefined
  )[]
  readonly notes: readonly string[]
}

export interface Category {
  readonly label: string
  readonly kind: 'value' | 'none' | 'other'
}

export interface BreakdownData {
  readonly kind: 'breakdown'
  readonly dimension: string
  readonly categories: readonly Category[]
  readonly series: readonly Series[]
  /** Of all rows, by series: what the parts of an additive metric add up to. */
  readonly totals: readonly Quantity[]
  /** Whether the parts of each series add up to its total. */
  readonly additive: readonly boolean[]
  /** How many times the total of the first series each category has, where that was asked for. */
  readonly lift?: readonly Quantity[]
}

export interface FunnelData {
  readonly kind: 'funnel'
  readonly unit: Unit
  readonly steps: readonly {
    readonly title: string
    readonly value: Quantity
    /** As shares. */
    readonly ofFirst: Quantity
    readonly ofPrevious: Quantity
  }[]
}

export interface MatrixData {
  readonly kind: 'matrix'
  readonly metric: Metric
  readonly unit: Unit
  readonly rowTitle: string
  readonly columnTitle: string
  readonly rows: readonly Category[]
  readonly columns: readonly (Category & {
    /** False for a step of time that is not whole. */ readonly complete: boolean
  })[]
  /** By row, then by column. */
  readonly values: readonly (readonly Quantity[])[]
}

export type PanelData = FigureData | TrendData | BreakdownData | FunnelData | MatrixData

export interface PanelScope {
  readonly catalogue: Catalogue
  readonly period: ReportingPeriod
  readonly spec: Pick<DashboardSpec, 'filters'>
}

/**
 * Reads what one panel shows; call it only for a panel without problems (`panelProblems`).
 * @throws MixedCurrencyError where rows in several currencies would be added
 */
export async function readPanel(panel: Panel, scope: PanelScope, session: DataSession): Promise<PanelData> {
  const reader = new MetricReader([...scope.spec.filters, ...panel.filters], scope, session)
  switch (panel.kind) {
    case 'figure':
      return readFigure(panel, reader)
    case 'trend':
      return readTrend(panel, reader)
    case 'breakdown':
      return readBreakdown(panel, reader)
    case 'funnel':
      return readFunnel(panel, reader)
    case 'matrix':
      return readMatrix(panel, reader)
  }
}
