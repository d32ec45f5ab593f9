import type {Finding, Handler} from '@omni-ops/core/operation'
import {checks} from '../checks.ts'
import type {health} from '../operations/health.ts'

export const handle: Handler<typeof health> = async (_input, context) => {
  const findings: Finding[] = []
  for (const check of checks) findings.push(...(await check(context)))
  const has = (status: Finding['status']) => findings.some(finding => finding.status === status)
  return {status: has('problem') ? 'unhealthy' : has('warning') ? 'degraded' : 'healthy', checks: findings}
}
