import {createHash} from 'node:crypto'
import {NotFoundError} from '@omni-ops/core/operation'
import {aiPerformance} from './ai-performance.ts'
import {revenueAnalytics} from './revenue-analytics.ts'
import {securityAuth} from './security-auth.ts'
import {subscriptionMetrics} from './subscription-metrics.ts'
import {systemHealth} from './system-health.ts'
import type {Template} from './template.ts'
import {userAnalytics} from './user-analytics.ts'

/** In the order in which they are wanted. */
export const templates: readonly Template[] = [
  revenueAnalytics,
  userAnalytics,
  aiPerformance,
  subscriptionMetrics,
  systemHealth,
  securityAuth,
]

/** No type of dashboard has the name that was asked for. */
export class UnknownTypeError extends NotFoundError {
  override readonly code = 'unknown_dashboard_type'
}

/** A name as a file has it: `Security & Auth` is `security-auth`. Never empty. */
export function slugOf(name: string): string {
  const slug = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '')
  if (slug !== '') return slug
  // Of a name without a Latin letter nothing would be left.
  return `dashboard-${createHash('sha256').update(name).digest('hex').slice(0, 12)}`
}

/** @throws UnknownTypeError */
export function templateNamed(name: string): Template {
  const found = templates.find(template => slugOf(template.name) === slugOf(name))
  if (found) return found
  throw new UnknownTypeError(`There is no dashboard type ${name}`, {
    hint: `\`omni dashboard types\` lists them: ${templates.map(template => template.name).join(', ')}`,
  })
}
