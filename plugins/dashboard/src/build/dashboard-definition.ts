import type {Catalogue} from '../catalogue/catalogue.ts'
import type {DashboardSpec} from '../spec/dashboard-spec.ts'

/** Where a dashboard was built from, so that it can be found again. */
export type KeptData =
  | {readonly kind: 'sample'; readonly seed: number}
  /** A source of the settings. */
  | {readonly kind: 'source'; readonly name: string}
  /** Files of the machine on which it was built, by an absolute path. While a command runs, what says where a server is, too. */
  | {readonly kind: 'files'; readonly location: string}

/** All that it takes to read a dashboard once more. */
export interface DashboardDefinition {
  readonly spec: DashboardSpec
  /** The type; null for a dashboard of one's own. */
  readonly type: string | null
  /** Null where the columns of the type's metrics are found by their names, each time anew. */
  readonly catalogue: Catalogue | null
  readonly data: KeptData
  readonly zone: string
  /** ISO 8601; null for the last moment that the data know. */
  readonly as_of: string | null
}
