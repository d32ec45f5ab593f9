import type {SettingDeclaration} from '@omni-ops/core/operation'
import * as z from 'zod'

/** Data that a deployment offers, by name: whose they are has to be said, for all rows or by each row. */
const sourcesSchema = () =>
  z.record(
    z.string().regex(/^[a-z][a-z0-9_-]{0,63}$/),
    z
      .strictObject({
        /** A file or a directory of files, absolute; a server; or a reference to its address, as `env:NAME`. */
        location: z.string().min(1).max(4096),
        /** Tables and views of PostgreSQL; those of the catalogue, or all that are of use, where it is not given. */
        tables: z.array(z.string().min(1).max(200)).min(1).max(100).optional(),
        /** What is asked of Prometheus, absolute. */
        queries: z.string().min(1).max(4096).optional(),
        /** A catalogue, absolute; without one, columns are found by their names. */
        catalog: z.string().min(1).max(4096).optional(),
        /** The column that says whose a row is. A table without it is nobody's. */
        tenant_column: z.string().min(1).max(200).optional(),
        /** Whose all of it is. */
        tenants: z.array(z.string().min(1).max(200)).min(1).max(1000).optional(),
      })
      .refine(
        ({tenant_column: column, tenants}) => (column === undefined) !== (tenants === undefined),
        'says whose it is: either tenant_column or tenants',
      ),
  )
export type DataSources = Readonly<Record<string, DataSource>>
export interface DataSource {
  readonly location: string
  readonly tables?: readonly string[] | undefined
  readonly queries?: string | undefined
  readonly catalog?: string | undefined
  readonly tenant_column?: string | undefined
  readonly tenants?: readonly string[] | undefined
}

export const dashboardSettings: readonly SettingDeclaration[] = [
  {
    name: 'dashboard.sources',
    description: 'Data for dashboards by name: location, and tenant_column or tenants (docs/dashboards-sources.md)',
    schema: sourcesSchema,
    structured: true,
  },
  {
    name: 'dashboard.time_zone',
    description: 'Whose days dashboards tell of, such as Europe/Ljubljana',
    schema: () => z.string().regex(/^[A-Za-z][A-Za-z0-9_+/-]{0,59}$/),
    default: 'UTC',
  },
  {
    name: 'dashboard.refresh_seconds',
    description: 'How old data of a server may be on a live dashboard; files are read when they change',
    schema: () => z.number().min(1).max(86_400),
    default: 30,
  },
  {
    name: 'dashboard.browser',
    description:
      'The program of Chromium, Chrome or Edge that prints PDF; looked for where they usually are without it',
    schema: () => z.string().min(1).max(4096),
  },
]
