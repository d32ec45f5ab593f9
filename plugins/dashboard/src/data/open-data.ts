import {basename, resolve} from 'node:path'
import {type Context, InvalidInputError} from '@omni-ops/core/operation'
import {dataLocation} from './data-location.ts'
import type {DataNeeds} from './data-needs.ts'
import type {DataSession} from './data-session.ts'
import {openFiles} from './load-files.ts'

export interface DataRequest {
  /** A path, an address, or a reference to one. */
  readonly location: string
  readonly needs: DataNeeds
  /** Whose days are shown. */
  readonly zone: string
  /** Tables and views of PostgreSQL. */
  readonly tables?: readonly string[] | undefined
  /** The file of what is asked of Prometheus, absolute. */
  readonly queries?: string | undefined
  /** Whose rows are read alone, by the column that says it. */
  readonly tenant?: {readonly column: string; readonly value: string} | undefined
}

export interface OpenedData {
  readonly session: DataSession
  /** In words, without a secret. */
  readonly name: string
}

type DataContext = Pick<Context, 'settings' | 'workingDirectory' | 'signal' | 'clock' | 'emit'>

/** Opens data wherever they are; of a server, no more is read than is needed. */
export async function openData(request: DataRequest, context: DataContext): Promise<OpenedData> {
  const {location, needs, tables, queries, tenant, zone} = request
  const {kind, address} = dataLocation(location, context)
  if (tables !== undefined && tables.length > 0 && kind !== 'postgres') {
    throw new InvalidInputError('Tables are chosen of a PostgreSQL database alone')
  }
  if ((queries !== undefined) !== (kind === 'prometheus')) {
    throw new InvalidInputError(
      kind === 'prometheus' ? 'What is asked of Prometheus has to be said' : 'Only Prometheus is asked by queries',
      kind === 'prometheus' ? {hint: 'add --queries FILE; docs/dashboards-sources.md shows one'} : {},
    )
  }
  const session = await open()
  try {
    // Before any spec is looked at: rows of others are no longer there when the first query runs.
    if (tenant !== undefined) await session.keepTenant(tenant.column, tenant.value)
    return {session, name: nameOf(kind, address)}
  } catch (error) {
    await session.close()
    throw error
  }

  async function open(): Promise<DataSession> {
    if (kind === 'postgres') {
      const {openPostgres} = await import('./postgres/load-postgres.ts')
      return openPostgres({address, tables, needs, tenant}, context)
    }
    if (kind === 'prometheus') {
      const [{readQueries}, {openPrometheus}] = await Promise.all([
        import('./prometheus/prometheus-queries.ts'),
        import('./prometheus/load-prometheus.ts'),
      ])
      return openPrometheus({address, queries: await readQueries(queries!), history: needs.history, zone}, context)
    }
    return openFiles(address, context)
  }
}

/** Opens what a command names. */
export async function openLocation(
  {data, tables, queries}: {data: string; tables?: readonly string[] | undefined; queries?: string | undefined},
  needs: DataNeeds,
  context: DataContext,
): Promise<DataSession> {
  const {workingDirectory, settings} = context
  const zone = settings.get('dashboard.time_zone') as string
  const file = queries === undefined ? undefined : resolve(workingDirectory, queries)
  return (await openData({location: data, tables, queries: file, needs, zone}, context)).session
}

function nameOf(kind: string, address: string): string {
  if (kind === 'files') return basename(address)
  const place = address
    .replace(/^[a-z]+:\/\//, '')
    .replace(/^[^/?#]*@/, '')
    .replace(/[?#].*$/, '')
  return kind === 'postgres' ? `PostgreSQL (${place})` : `Prometheus (${place.replace(/\/$/, '')})`
}
