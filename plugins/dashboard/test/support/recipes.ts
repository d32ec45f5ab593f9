import type {Part, Recipe} from './recomputation.ts'

const count = (table: string, condition = '1'): Part => ({table, sql: `sum(${condition})`})
const distinct = (table: string, column: string, condition = '1'): Part => ({
  table,
  sql: `count(distinct case when ${condition} then ${column} end)`,
})
const micro = (table: string, column: string): Part => ({table, sql: `sum(${column})`, micro: true})
const percentile = (table: string, column: string, each: number) => ({table, column, percentile: each})

const orders = count('orders')
const revenue = micro('orders', 'amount')
const refunds = micro('orders', 'refunded_amount')
const actions = count('user_events')
const sessions = distinct('user_events', 'session_id')
const creations = count('user_events', "event = 'create'")
const requests = count('model_requests')
const failures = count('model_requests', "outcome <> 'answered'")
const cost = micro('model_requests', 'cost_usd')
const mrr: Part = {...micro('subscription_days', 'mrr'), lastDay: true}
const subscriptions: Part = {table: 'subscription_days', sql: 'sum(subscriptions)', lastDay: true}
const checks = count('checks')
const answered = count('checks', 'up = 1')
const attempts = count('sign_ins')
const refused = count('sign_ins', "outcome = 'refused'")
const strong = count('sign_ins', 'second_factor = 1')
const cpuUsed = micro('host_usage', 'cpu_used_seconds')

const sale = "event = 'sale'"
const clicks = count('affiliate_events', "event = 'click'")
const affiliateSales = count('affiliate_events', sale)
const salesVolume = micro('affiliate_events', 'order_amount')
const affiliateCommission = micro('affiliate_events', 'commission')
const marketplaceOrders = count('marketplace_orders')
const gmv = micro('marketplace_orders', 'amount')
const takings = micro('marketplace_orders', 'commission')
const sellers = distinct('marketplace_orders', 'seller')
const knownMonths = count('customer_months', 'outcome is not null')
const left = count('customer_months', "coalesce(outcome, '') = 'left'")
const warned = count('customer_months', 'churn_probability >= 200000 and outcome is not null')
const warnedAndLeft = count('customer_months', "churn_probability >= 200000 and coalesce(outcome, '') = 'left'")
const customerMrr: Part = {...micro('customer_months', 'mrr'), lastDay: true}
const customerMrrAtRisk: Part = {
  table: 'customer_months',
  sql: 'sum(case when churn_probability >= 200000 then mrr end)',
  micro: true,
  lastDay: true,
}
const soldAmount = micro('sales', 'amount')
const soldUnits: Part = {table: 'sales', sql: 'sum(units)'}
const plannedAmount = micro('plans', 'planned_amount')
const messages = count('feedback')
const positive = count('feedback', "label = 'positive'")
const negative = count('feedback', "label = 'negative'")
const transactions = count('transactions')
const failedTransactions = count('transactions', "outcome = 'failed'")
const transactionVolume = micro('transactions', 'amount')
const payments = count('payments')
const authorised = count('payments', 'authorised = 1')
const captured = count('payments', "status = 'captured'")
const capturedVolume = micro('payments', 'captured_amount')
const paymentFees = micro('payments', 'fee')

/** Each metric anew, in another engine's SQL; nothing here comes from the catalogue. */
export const recipes: Readonly<Record<string, Readonly<Record<string, Recipe>>>> = {
  'Revenue Analytics': {
    revenue,
    refunds,
    orders,
    customers: distinct('orders', 'customer_id'),
    average_order: {above: revenue, below: orders},
    refund_rate: {above: refunds, below: revenue},
  },
  'User Analytics': {
    active_users: distinct('user_events', 'user_id'),
    sessions,
    actions,
    sign_ups: count('user_events', "event = 'sign_up'"),
    actions_per_session: {above: actions, below: sessions},
    creation_share: {above: creations, below: actions},
  },
  'AI Performance': {
    requests,
    failure_rate: {above: failures, below: requests},
    median_latency: percentile('model_requests', 'latency_ms', 50),
    slow_latency: percentile('model_requests', 'latency_ms', 95),
    input_tokens: {table: 'model_requests', sql: 'sum(input_tokens)'},
    output_tokens: {table: 'model_requests', sql: 'sum(output_tokens)'},
    cost,
    cost_per_request: {above: cost, below: requests},
  },
  'Subscription Metrics': {
    mrr,
    subscriptions,
    revenue_per_subscription: {above: mrr, below: subscriptions},
    started: count('subscription_changes', "change = 'started'"),
    cancelled: count('subscription_changes', "change = 'cancelled'"),
  },
  'System Health': {
    availability: {above: answered, below: checks},
    failed: count('checks', 'up = 0'),
    median_response: percentile('checks', 'response_ms', 50),
    slow_response: percentile('checks', 'response_ms', 99),
    cpu_load: {above: cpuUsed, below: {table: 'host_usage', sql: 'sum(cpu_available_seconds)'}},
    memory_peak: {table: 'host_usage', sql: 'max(memory_used_bytes)'},
  },
  'Security & Auth': {
    attempts,
    refused,
    refusal_rate: {above: refused, below: attempts},
    accounts: distinct('sign_ins', 'account_id'),
    refused_accounts: distinct('sign_ins', 'account_id', "outcome = 'refused'"),
    second_factor_share: {above: strong, below: attempts},
  },
  'Affiliate Tracking': {
    clicks,
    sales: affiliateSales,
    kept_sales: count('affiliate_events', `${sale} and status <> 'reversed'`),
    revenue: salesVolume,
    commission: affiliateCommission,
    conversion_rate: {above: affiliateSales, below: clicks},
    reversal_rate: {
      above: count('affiliate_events', `${sale} and coalesce(status, '') = 'reversed'`),
      below: affiliateSales,
    },
    new_customer_share: {
      above: count('affiliate_events', `${sale} and coalesce(new_customer, 0) = 1`),
      below: affiliateSales,
    },
    commission_rate: {above: affiliateCommission, below: salesVolume},
    earnings_per_click: {above: affiliateCommission, below: clicks},
    average_order: {above: salesVolume, below: affiliateSales},
  },
  'Marketplace Overview': {
    gmv,
    orders: marketplaceOrders,
    cancelled: count('marketplace_orders', "status = 'cancelled'"),
    returned: count('marketplace_orders', "status = 'returned'"),
    disputed: count('marketplace_orders', "status = 'disputed'"),
    take_rate: {above: takings, below: gmv},
    buyers: distinct('marketplace_orders', 'buyer_id'),
    selling_sellers: sellers,
    trouble_rate: {above: count('marketplace_orders', "status <> 'delivered'"), below: marketplaceOrders},
    median_hours_to_ship: {...percentile('marketplace_orders', 'hours_to_ship', 50), micro: true},
    mean_rating: {
      above: {table: 'marketplace_orders', sql: 'sum(rating)'},
      below: count('marketplace_orders', 'rating is not null'),
    },
    listings: {table: 'listing_days', sql: 'sum(listings)', lastDay: true},
  },
  'Churn Prediction': {
    churn_rate: {above: left, below: knownMonths},
    mean_score: {
      above: {
        table: 'customer_months',
        sql: 'sum(case when outcome is not null then churn_probability end)',
        micro: true,
      },
      below: knownMonths,
    },
    recall: {above: warnedAndLeft, below: left},
    precision: {above: warnedAndLeft, below: warned},
    mrr: customerMrr,
    mrr_at_risk: customerMrrAtRisk,
    share_at_risk: {above: customerMrrAtRisk, below: customerMrr},
    known_outcomes: knownMonths,
    left,
  },
  'Forecast Dashboard': {
    revenue: soldAmount,
    planned: plannedAmount,
    plan_reached: {above: soldAmount, below: plannedAmount},
    units: soldUnits,
    revenue_per_unit: {above: soldAmount, below: soldUnits},
  },
  'Sentiment Analysis': {
    messages,
    mean_sentiment: {above: micro('feedback', 'sentiment'), below: messages},
    positive_share: {above: positive, below: messages},
    negative_share: {above: negative, below: messages},
    mean_rating: {above: {table: 'feedback', sql: 'sum(rating)'}, below: count('feedback', 'rating is not null')},
  },
  'Anomaly Detection': {
    transactions,
    failed: failedTransactions,
    failure_rate: {above: failedTransactions, below: transactions},
    median_duration: percentile('transactions', 'duration_ms', 50),
    slow_duration: percentile('transactions', 'duration_ms', 95),
    volume: transactionVolume,
  },
  'Payment Gateway': {
    attempts: payments,
    authenticated: count('payments', 'authenticated = 1'),
    authorised,
    captured,
    refused: count('payments', 'authorised = 0'),
    volume: capturedVolume,
    authorisation_rate: {above: authorised, below: payments},
    fee_rate: {above: paymentFees, below: capturedVolume},
    refund_rate: {above: micro('payments', 'refunded_amount'), below: capturedVolume},
    dispute_rate: {above: count('payments', 'disputed = 1'), below: captured},
    slow_response: percentile('payments', 'response_ms', 95),
  },
}
