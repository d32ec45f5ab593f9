import {statfs} from 'node:fs/promises'
import {metricsScope} from '../keys/key-ring.ts'
import {DeniedError} from '../operation/errors.ts'
import type {Runtime} from '../runtime.ts'
import type {AppRequest} from './entrance.ts'
import type {Identity} from './identity.ts'
import type {Metrics} from './metrics.ts'
import type {Mount, MountPoint} from './app.ts'
import {systemOf} from '../store/system.ts'

export interface HealthOptions {
  readonly runtime: Pick<Runtime, 'store' | 'directories'>
  /** The server has been told to end. */
  readonly draining: () => boolean
  readonly metrics: Metrics
}

const leastFreeBytes = 100_000_000
const longestCheckMs = 2_000

/**
 * `/healthz` says that the process answers, `/readyz` that it can do its work, `/metrics` what it has done. The first
 * two are for balancers and need no key, and so tell nothing but names of checks; the third needs `metrics:read`.
 */
export function healthMount({runtime, draining, metrics}: HealthOptions): Mount {
  const health = (request: AppRequest) => {
    request.set('route', 'healthz')
    return request.json({status: 'ok'})
  }
  const readiness = async (request: AppRequest) => {
    request.set('route', 'readyz')
    const checks = {
      server: draining() ? 'draining' : 'ok',
      database: await outcome(() => databaseAnswers(runtime)),
      data_directory: await outcome(() => diskHasRoom(runtime)),
    }
    const ready = Object.values(checks).every(each => each === 'ok')
    return request.json({status: ready ? 'ready' : 'not ready', checks}, ready ? 200 : 503)
  }
  const measurements = (server: MountPoint) => async (request: AppRequest) => {
    request.set('route', 'metrics')
    const {identity} = await server.enter(request)
    assertMayMeasure(identity)
    return request.text(await metrics.text(), 200, {'Content-Type': metrics.contentType})
  }
  return (app, server) => {
    app.get('/healthz', health)
    app.get('/readyz', readiness)
    app.get('/metrics', measurements(server))
  }
}

function assertMayMeasure({principal: {scopes, id}}: Identity): void {
  if (scopes === '*' || scopes.includes(metricsScope)) return
  throw new DeniedError(`/metrics needs ${metricsScope}, which ${id} does not have`, {hint: 'ask for a key with it'})
}

async function outcome(check: () => Promise<void>): Promise<'ok' | 'failed'> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => late.reject(new Error('late')), longestCheckMs)
  try {
    await Promise.race([check(), late.promise])
    return 'ok'
  } catch {
    return 'failed'
  } finally {
    clearTimeout(timer)
  }
}

async function databaseAnswers({store}: HealthOptions['runtime']): Promise<void> {
  await systemOf(await store())
    .database.selectFrom('omni_api_keys')
    .select('id')
    .limit(1)
    .execute()
}

/** Room for indices, where LanceDB writes, and for SQLite. */
async function diskHasRoom({directories}: HealthOptions['runtime']): Promise<void> {
  const {bavail, bsize} = await statfs(directories.data)
  if (bavail * bsize < leastFreeBytes) throw new Error('full')
}
