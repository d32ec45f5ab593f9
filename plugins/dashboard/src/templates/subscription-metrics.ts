import {dailyStates, events, type SampleRow} from '../sample/sample-table.ts'
import {counted, defineTemplate, money} from './define-template.ts'

const plans = {Starter: {price: 19, count: 420}, Team: {price: 79, count: 180}, Business: {price: 290, count: 46}}
const regions = {Europe: 0.7, Overseas: 0.3}

export const subscriptionMetrics = defineTemplate({
  name: 'Subscription Metrics',
  priority: 1,
  summary: 'Recurring revenue, who stays, who comes and who goes',
  tables: {
    subscription_days: {
      columns: {
        day: 'DATE',
        plan: 'VARCHAR',
        region: 'VARCHAR',
        subscriptions: 'BIGINT',
        mrr: 'DOUBLE',
        currency: 'VARCHAR',
      },
      key: ['day', 'plan', 'region'],
      time: 'day',
      measures: {subscriptions: 'balance', mrr: 'balance'},
      rows: options =>
        dailyStates('subscription_days', options, function* (date, progress, random): Generator<SampleRow> {
          for (const [plan, {price, count}] of Object.entries(plans)) {
            for (const [region, part] of Object.entries(regions)) {
              const subscriptions = Math.round(count * part * (1 + 0.22 * progress) + random.whole(-2, 2))
              yield {day: date, plan, region, subscriptions, mrr: subscriptions * price, currency: 'EUR'}
            }
          }
        }),
    },
    subscription_changes: {
      columns: {change_id: 'VARCHAR', changed_at: 'TIMESTAMPTZ', change: 'VARCHAR', plan: 'VARCHAR', reason: 'VARCHAR'},
      key: ['change_id'],
      time: 'changed_at',
      rows: options =>
        events('subscription_changes', {perDay: 9, growth: 0.2, weekend: 0.4}, options, (at, random, number) => {
          const change = random.choice({started: 6, cancelled: 4, upgraded: 2, downgraded: 1})
          return {
            change_id: `s-${String(number).padStart(5, '0')}`,
            changed_at: at,
            change,
            plan: random.choice({Starter: 6, Team: 3, Business: 1}),
            reason:
              change === 'cancelled'
                ? random.choice({Price: 4, 'Not used': 5, Competitor: 2, 'Payment failed': 3})
                : null,
          }
        }),
    },
  },
  metrics: {
    mrr: {
      kind: 'balance',
      title: 'Monthly recurring revenue',
      description: 'As of the last day of the time that is shown; never added up over days',
      table: 'subscription_days',
      column: 'mrr',
      unit: money,
      better: 'higher',
    },
    subscriptions: {
      kind: 'balance',
      title: 'Subscriptions',
      table: 'subscription_days',
      column: 'subscriptions',
      unit: counted('subscriptions'),
      better: 'higher',
    },
    revenue_per_subscription: {
      kind: 'ratio',
      title: 'Revenue per subscription',
      numerator: 'mrr',
      denominator: 'subscriptions',
      unit: money,
      better: 'higher',
    },
    started: {
      kind: 'count',
      title: 'Started',
      table: 'subscription_changes',
      where: [{column: 'change', values: ['started', 'created', 'new']}],
      unit: counted('subscriptions'),
      better: 'higher',
    },
    cancelled: {
      kind: 'count',
      title: 'Cancelled',
      table: 'subscription_changes',
      where: [{column: 'change', values: ['cancelled', 'canceled', 'churned']}],
      unit: counted('subscriptions'),
      better: 'lower',
    },
    changes: {kind: 'count', title: 'Changes', table: 'subscription_changes', unit: counted('changes')},
  },
  dimensions: {
    plan: {title: 'Plan', table: 'subscription_days', column: 'plan'},
    region: {title: 'Region', table: 'subscription_days', column: 'region'},
    change: {title: 'Change', table: 'subscription_changes', column: 'change'},
    changed_plan: {title: 'Plan', table: 'subscription_changes', column: 'plan'},
    reason: {title: 'Reason', table: 'subscription_changes', column: 'reason'},
  },
  synonyms: {
    'subscription_days.day': ['date', 'snapshot_date', 'as_of'],
    'subscription_days.mrr': ['monthly_recurring_revenue', 'recurring_revenue'],
    'subscription_days.subscriptions': ['active_subscriptions', 'active', 'subscribers'],
    'subscription_changes.change_id': ['id', 'event_id'],
    'subscription_changes.changed_at': ['timestamp', 'at', 'occurred_at', 'created_at'],
    'subscription_changes.change': ['event', 'type', 'kind'],
  },
  period: {unit: 'day', count: 60},
  panels: [
    {id: 'mrr', kind: 'figure', title: 'Monthly recurring revenue', metric: 'mrr'},
    {id: 'subscriptions', kind: 'figure', title: 'Subscriptions', metric: 'subscriptions'},
    {id: 'started', kind: 'figure', title: 'Started', metric: 'started'},
    {id: 'cancelled', kind: 'figure', title: 'Cancelled', metric: 'cancelled'},
    {
      id: 'mrr-by-plan',
      kind: 'trend',
      title: 'Recurring revenue by plan and day',
      metrics: ['mrr'],
      grain: 'day',
      split: 'plan',
    },
    {
      id: 'come-and-go',
      kind: 'trend',
      title: 'Started and cancelled by week',
      metrics: ['started', 'cancelled'],
      grain: 'week',
      mark: 'bar',
    },
    {
      id: 'plans',
      kind: 'breakdown',
      title: 'Recurring revenue by plan',
      metrics: ['mrr', 'subscriptions', 'revenue_per_subscription'],
      dimension: 'plan',
    },
    {
      id: 'reasons',
      kind: 'breakdown',
      title: 'Why they cancel',
      metrics: ['cancelled'],
      dimension: 'reason',
      filters: [{dimension: 'change', values: ['cancelled', 'canceled', 'churned']}],
    },
  ],
})
