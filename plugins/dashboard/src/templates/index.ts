import {createHash} from 'node:crypto'
import {NotFoundError} from '@omni-ops/core/operation'
import {affiliateTracking} from './affiliate-tracking.ts'
import {agiDashboard} from './agi-dashboard.ts'
import {aiPerformance} from './ai-performance.ts'
import {anomalyDetection} from './anomaly-detection.ts'
import {apiUsageDashboard} from './api-usage-dashboard.ts'
import {churnPrediction} from './churn-prediction.ts'
import {forecastDashboard} from './forecast-dashboard.ts'
import {gamificationDashboard} from './gamification-dashboard.ts'
import {growthEngine} from './growth-engine.ts'
import {marketplaceOverview} from './marketplace-overview.ts'
import {neo4jGraphInsights} from './neo4j-graph-insights.ts'
import {paymentGateway} from './payment-gateway.ts'
import {recommendationEngine} from './recommendation-engine.ts'
import {revenueAnalytics} from './revenue-analytics.ts'
import {securityAuth} from './security-auth.ts'
import {sentimentAnalysis} from './sentiment-analysis.ts'
import {subscriptionMetrics} from './subscription-metrics.ts'
import {swarmIntelligence} from './swarm-intelligence.ts'
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
  apiUsageDashboard,
  growthEngine,
  gamificationDashboard,
  recommendationEngine,
  neo4jGraphInsights,
  swarmIntelligence,
  agiDashboard,
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

const wordsOf = ({name}: Template) => slugOf(name).split('-')

/** @throws UnknownTypeError */
export function templateNamed(name: string): Template {
  const found = templates.find(template => slugOf(template.name) === slugOf(name))
  if (found) return found
  const words = slugOf(name).split('-')
  const like = templates.filter(each => words.some(word => word !== 'dashboard' && wordsOf(each).includes(word)))
  const meant = like.length === 0 ? '' : `did you mean ${like.map(template => template.name).join(' or ')}? `
  throw new UnknownTypeError(`There is no dashboard type ${name}`, {
    hint: `${meant}\`omni dashboard types\` lists them`,
  })
}
