/** What a column holds where it comes from. */
export type OriginKind =
  'text' | 'boolean' | 'whole' | 'decimal' | 'binary' | 'date' | 'timestamp' | 'timestamptz' | 'other'

/** The table of a PostgreSQL database that a table of a session was copied from. */
export interface TableOrigin {
  readonly schema: string
  readonly name: string
  readonly columns: ReadonlyMap<string, OriginKind>
  /** Only rows with this value were copied. */
  readonly tenant?: {readonly column: string; readonly value: string} | undefined
}
