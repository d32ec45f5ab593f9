import type {Context} from './context.ts'

/** How a column is given to reports: as it is, whole numbers as decimals of so many places, or as a pseudonym. */
export type ReportedForm = 'text' | 'integer' | 'instant' | 'boolean' | 'pseudonym' | {readonly decimals: number}

export interface ReportedColumn {
  /** As the plugin's table calls it. */
  readonly of: string
  /** What the table holds that is personal is given as a pseudonym or not at all: a report refuses anything else. */
  readonly as: ReportedForm
}

/**
 * A table of which reports may be made, such as dashboards: the rows of the caller's tenant, and of them the columns that
 * are named here. How plugins meet over it: one declares, another reads, and neither knows the other.
 */
export interface ReportedTable {
  /** As reports call it: `model_requests`. */
  readonly name: string
  /** As the plugin's migrations call it. */
  readonly table: string
  /** A column of the table alone in its key, by which rows are read in turn. */
  readonly key: string
  /** By the names that reports know. */
  readonly columns: Readonly<Record<string, ReportedColumn>>
  /** What the caller needs to see the same rows otherwise. */
  readonly scopes: readonly string[]
  /** Brings the table up to date. */
  readonly complete?: (context: Context) => Promise<void>
}
