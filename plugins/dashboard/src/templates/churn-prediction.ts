import {SampleRandom} from '../sample/sample-random.ts'
import type {SampleOptions, SampleRow} from '../sample/sample-table.ts'
import {counted, defineTemplate, money, share} from './define-template.ts'

const months = 13
const newPerMonth = 34
const plans: Readonly<Record<string, {price: number; leave: number}>> = {
  Starter: {price: 19, leave: 0.062},
  Team: {price: 79, leave: 0.034},
  Business: {price: 290, leave: 0.016},
}

/** What data call a customer who is gone, and one of whom it is known either way. */
const gone = ['left', 'churned', 'true', 'yes', '1']
const known = [...gone, 'stayed', 'retained', 'active', 'false', 'no', '0']

export const churnPrediction = defineTemplate({
  name: 'Churn Prediction',
  priority: 2,
  summary: 'Who left, who is said to leave next by the scores in the data, and whether those scores were right so far',
  tables: {
    customer_months: {
      columns: {
        scored_on: 'DATE',
        customer_id: 'VARCHAR',
        plan: 'VARCHAR',
        cohort: 'VARCHAR',
        tenure_months: 'BIGINT',
        churn_probability: 'DOUBLE',
        outcome: 'VARCHAR',
        mrr: 'DOUBLE',
        currency: 'VARCHAR',
      },
      key: ['scored_on', 'customer_id'],
      time: 'scored_on',
      measures: {tenure_months: 'value', churn_probability: 'value', mrr: 'balance'},
      rows: customerMonths,
    },
  },
  metrics: {
    scored: {
      kind: 'distinct',
      title: 'Customers scored',
      table: 'customer_months',
      column: 'customer_id',
      unit: counted('customers'),
    },
    known_outcomes: {
      kind: 'count',
      title: 'Customer months with a known end',
      description: 'Months of customers of which is known whether they stayed through the month after the score',
      table: 'customer_months',
      where: [{column: 'outcome', values: known}],
      unit: counted('customer months'),
    },
    left: {
      kind: 'count',
      title: 'Left',
      description: 'Customers who were gone within the month after the score',
      table: 'customer_months',
      where: [{column: 'outcome', values: gone}],
      unit: counted('customer months'),
      better: 'lower',
    },
    churn_rate: {
      kind: 'ratio',
      title: 'Observed churn',
      description: 'Who left within a month, as a share of those of whom it is known',
      numerator: 'left',
      denominator: 'known_outcomes',
      unit: share,
      better: 'lower',
    },
    mean_score: {
      kind: 'mean',
      title: 'Mean score',
      description:
        'Mean of the probabilities in the data, over months whose end is known: the churn that the scores foretold',
      table: 'customer_months',
      column: 'churn_probability',
      where: [{column: 'outcome', values: known}],
      unit: share,
    },
    high_scores: {
      kind: 'count',
      title: 'Scored 20% or more',
      table: 'customer_months',
      where: [
        {column: 'churn_probability', operator: 'at_least', values: [0.2]},
        {column: 'outcome', values: known},
      ],
      unit: counted('customer months'),
    },
    high_scores_that_left: {
      kind: 'count',
      title: 'Scored 20% or more and left',
      table: 'customer_months',
      where: [
        {column: 'churn_probability', operator: 'at_least', values: [0.2]},
        {column: 'outcome', values: gone},
      ],
      unit: counted('customer months'),
    },
    precision: {
      kind: 'ratio',
      title: 'Right warnings',
      description: 'Of those scored 20% or more, who left (precision)',
      numerator: 'high_scores_that_left',
      denominator: 'high_scores',
      unit: share,
      better: 'higher',
    },
    recall: {
      kind: 'ratio',
      title: 'Leavers warned of',
      description: 'Of those who left, who had been scored 20% or more (recall)',
      numerator: 'high_scores_that_left',
      denominator: 'left',
      unit: share,
      better: 'higher',
    },
    mrr: {
      kind: 'balance',
      title: 'Recurring revenue',
      description: 'As of the last scoring; never added up over months',
      table: 'customer_months',
      column: 'mrr',
      unit: money,
      better: 'higher',
    },
    mrr_at_risk: {
      kind: 'balance',
      title: 'Recurring revenue scored 20% or more',
      description: 'Of customers whose last score is 20% or more. It is not what will be lost: most of them stay',
      table: 'customer_months',
      column: 'mrr',
      where: [{column: 'churn_probability', operator: 'at_least', values: [0.2]}],
      unit: money,
      better: 'lower',
    },
    share_at_risk: {
      kind: 'ratio',
      title: 'Share of recurring revenue scored 20% or more',
      numerator: 'mrr_at_risk',
      denominator: 'mrr',
      unit: share,
      better: 'lower',
    },
  },
  dimensions: {
    plan: {title: 'Plan', table: 'customer_months', column: 'plan'},
    cohort: {title: 'Came in', table: 'customer_months', column: 'cohort', ordered: true},
    currency: {title: 'Currency', table: 'customer_months', column: 'currency'},
    tenure: {
      title: 'Months as a customer',
      table: 'customer_months',
      column: 'tenure_months',
      bands: {edges: [0, 1, 2, 3, 6, 9, 12]},
    },
    score: {
      title: 'Score',
      table: 'customer_months',
      column: 'churn_probability',
      bands: {edges: [0, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7], share: true},
    },
  },
  synonyms: {
    'customer_months.scored_on': ['score_date', 'snapshot_date', 'as_of', 'month', 'date', 'day'],
    'customer_months.customer_id': ['customer', 'account_id', 'account', 'user_id', 'subscription_id', 'client_id'],
    'customer_months.plan': ['product', 'tier', 'segment', 'package'],
    'customer_months.cohort': ['signup_month', 'start_month', 'joined', 'cohort_month'],
    'customer_months.tenure_months': ['tenure', 'age_months', 'months_active', 'customer_age_months'],
    'customer_months.churn_probability': [
      'churn_score',
      'churn_risk',
      'probability',
      'predicted_churn',
      'score',
      'risk',
    ],
    'customer_months.outcome': ['churned', 'status', 'churn_outcome', 'label', 'actual'],
    'customer_months.mrr': ['monthly_recurring_revenue', 'recurring_revenue', 'monthly_charges'],
    'customer_months.currency': ['currency_code'],
  },
  period: {unit: 'month', count: 6},
  panels: [
    {id: 'churn-rate', kind: 'figure', title: 'Observed churn in a month', metric: 'churn_rate'},
    {id: 'mean-score', kind: 'figure', title: 'Churn that the scores foretold', metric: 'mean_score'},
    {id: 'recall', kind: 'figure', title: 'Leavers warned of', metric: 'recall'},
    {id: 'precision', kind: 'figure', title: 'Right warnings', metric: 'precision'},
    {id: 'mrr-at-risk', kind: 'figure', title: 'Recurring revenue scored 20% or more', metric: 'mrr_at_risk'},
    {id: 'share-at-risk', kind: 'figure', title: 'That is, of all', metric: 'share_at_risk'},
    {
      id: 'foretold-and-observed',
      kind: 'trend',
      title: 'Churn foretold and observed, by month of the score',
      metrics: ['churn_rate', 'mean_score'],
      grain: 'month',
    },
    {
      id: 'calibration',
      kind: 'breakdown',
      title: 'Are the scores true? Foretold and observed by score',
      metrics: ['mean_score', 'churn_rate', 'known_outcomes', 'left'],
      dimension: 'score',
      mark: 'dot',
    },
    {
      id: 'lift',
      kind: 'breakdown',
      title: 'Do the scores find who leaves? Observed churn by score, and lift',
      metrics: ['churn_rate', 'left', 'known_outcomes'],
      dimension: 'score',
      lift: true,
    },
    {
      id: 'tenure',
      kind: 'breakdown',
      title: 'Observed churn by months as a customer',
      metrics: ['churn_rate', 'left', 'known_outcomes', 'mean_score'],
      dimension: 'tenure',
      lift: true,
    },
    {
      id: 'plans',
      kind: 'breakdown',
      title: 'Observed and foretold churn by plan',
      metrics: ['churn_rate', 'mean_score', 'left', 'known_outcomes', 'mrr', 'mrr_at_risk'],
      dimension: 'plan',
      rank_by: 'known_outcomes',
      mark: 'dot',
    },
    {
      id: 'cohorts',
      kind: 'matrix',
      title: 'Observed churn by month of coming in and months as a customer',
      metric: 'churn_rate',
      rows: 'cohort',
      columns: 'tenure',
      rank_by: 'known_outcomes',
    },
  ],
})

/**
 * Customers on the last day of each month, with the score of a model and what became of them by the next; the last
 * month's end is not known yet. The scores are right on the whole and too sure of themselves at the top, as scores often
 * are.
 */
function* customerMonths({seed, end}: SampleOptions): Generator<SampleRow> {
  const random = new SampleRandom(seed, 'customer_months')
  const days = Array.from({length: months}, (_, index) => monthEnd(end, months - index))
  let number = 0
  let customers: {id: string; plan: string; cohort: string; since: number; mrr: number; frailty: number}[] = []
  for (const [index, day] of days.entries()) {
    for (let each = 0; each < (index === 0 ? newPerMonth * 8 : newPerMonth); each++) {
      number += 1
      const plan = random.choice({Starter: 6, Team: 3, Business: 1})
      const since = index === 0 ? index - random.whole(0, 11) : index
      customers.push({
        id: `c-${String(number).padStart(4, '0')}`,
        plan,
        cohort: monthEnd(end, months - since).slice(0, 7),
        since,
        mrr: plans[plan]!.price * random.whole(1, 3),
        frailty: random.skewed(1, 0.9, 4),
      })
    }
    const staying: typeof customers = []
    for (const customer of customers) {
      const tenure = index - customer.since
      const hazard = plans[customer.plan]!.leave * (tenure < 3 ? 2.1 : tenure < 6 ? 1.2 : 0.7) * customer.frailty
      const probability = Math.min(0.9, hazard)
      const noisy = probability * random.skewed(1, 0.35, 4)
      const score = Math.min(0.97, noisy > 0.25 ? noisy * 1.35 : noisy)
      const leaves = random.chance(probability)
      const isLast = index === days.length - 1
      yield {
        scored_on: day,
        customer_id: customer.id,
        plan: customer.plan,
        cohort: customer.cohort,
        tenure_months: tenure,
        churn_probability: Number(score.toFixed(4)),
        outcome: isLast ? null : leaves ? 'left' : 'stayed',
        mrr: customer.mrr,
        currency: 'EUR',
      }
      if (!leaves) staying.push(customer)
    }
    customers = staying
  }
}

/** The last day of the month so many months before the one that a moment is in. */
function monthEnd(moment: number, before: number): string {
  const date = new Date(moment)
  return new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() - before + 1, 0)).toISOString().slice(0, 10)
}
