import {createHash} from 'node:crypto'
import {NotFoundError} from '@omni-ops/core/operation'
import {affiliateTracking} from './affiliate-tracking.ts'
import {aiPerformance} from './ai-performance.ts'
import {anomalyDetection} from './anomaly-detection.ts'
import {churnPrediction} from './churn-prediction.ts'
import {forecastDashboard} from './forecast-dashboard.ts'
import {marketplaceOverview} from './marketplace-overview.ts'
import {paymentGateway} from './payment-gateway.ts'
import {revenueAnalytics} from './revenue-analytics.ts'
import {securityAuth} from './security-auth.ts'
import {sentimentAnalysis} from './sentiment-analysis.ts'
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
  affiliateTracking,
  marketplaceOverview,
  churnPrediction,
  forecastDashboard,
  sentimentAnalysis,
  anomalyDetection,
  paymentGateway,
]

/** No type of dashboard has the name that was asked for. */
export class UnknownTypeError extends NotFoundError {
  override readonly code = 'unknown_dashboard_type'
}

/** A name as a file has it: `Security & Auth` is `security-auth`; a name without any letter of ASCII is a digest. */
export function slugOf(name: string): string {
  const slug = name
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '')
  return slug === '' ? `dashboard-${createHash('sha256').update(name).digest('hex').slice(0, 12)}` : slug
}

/** @throws UnknownTypeError */
export function templateNamed(name: string): Template {
  const found = templates.find(template => slugOf(template.name) === slugOf(name))
  if (found) return found
  throw new UnknownTypeError(`There is no dashboard type ${name}`, {
    hint: `\`omni dashboard types\` lists them: ${templates.map(template => template.name).join(', ')}`,
  })
}
