import type {DashboardSpec} from '../spec/dashboard-spec.ts'

/** A dashboard as it is compared: the numbers of its panels' tables, whatever file they came from. */
export interface ShownDashboard {
  readonly title: string
  /** From the first to the last day, and whose days they are; undefined where the file does not say. */
  readonly period: string | undefined
  readonly sample: boolean
  /** Undefined where the file has none: a page. */
  readonly spec: DashboardSpec | undefined
  readonly panels: readonly ShownTable[]
}

export interface ShownTable {
  readonly id: string
  readonly title: string
  readonly figure: boolean
  /** Why it is not shown, where it is not. */
  readonly reason: string | undefined
  /** As in the panel's CSV: exact digits, nothing where there is no number. The first row has the titles. */
  readonly rows: readonly (readonly string[])[]
}
