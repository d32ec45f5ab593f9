import type {Catalogue} from '../catalogue/catalogue.ts'
import type {DashboardSpec} from '../spec/dashboard-spec.ts'
import type {SampleOptions, SampleTable} from '../sample/sample-table.ts'

/** A type of dashboard: the metrics that it needs, how it shows them, and data to try it with. */
export interface Template {
  readonly name: string
  /** 1 is wanted first. */
  readonly priority: 1 | 2 | 3
  readonly summary: string
  /** In canonical names of tables and columns. */
  readonly catalogue: Catalogue
  /** Other names under which people have the same column, by `table.column`. */
  readonly synonyms: Readonly<Record<string, readonly string[]>>
  readonly spec: DashboardSpec
  readonly sample: (options: SampleOptions) => Readonly<Record<string, SampleTable>>
}
