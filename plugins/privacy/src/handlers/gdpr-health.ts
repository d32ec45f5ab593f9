import type {Handler} from '@omni-ops/core/operation'
import {requestHealth} from '../requests/health.ts'
import type {gdprHealth} from '../operations/gdpr-health.ts'

export const handle: Handler<typeof gdprHealth> = async (_input, context) => {
  const checks = await requestHealth(context)
  return {status: checks.every(({ok}) => ok) ? 'ok' : 'degraded', checks}
}
