import {additivityOf, type Catalogue, type Condition, type Metric} from '../catalogue/catalogue.ts'

/** How a number is made, in words: the sum of `amount` in orders. */
export function describeMetric(metric: Metric, {metrics}: Catalogue): string {
  if (metric.kind === 'ratio') {
    return `${metrics[metric.numerator]?.title} ÷ ${metrics[metric.denominator]?.title}, each added up first`
  }
  return `${verb(metric)}${metric.where.map(condition).join('')}`
}

function verb(metric: Exclude<Metric, {kind: 'ratio'}>): string {
  if (metric.kind === 'count') return `rows of ${metric.table}`
  const column = `${metric.table}.${metric.column}`
  switch (metric.kind) {
    case 'sum':
      return `sum of ${column}`
    case 'distinct':
      return `different values of ${column}`
    case 'balance':
      return `sum of ${column} on the last day`
    case 'mean':
      return `mean of ${column}`
    case 'minimum':
      return `least ${column}`
    case 'maximum':
      return `greatest ${column}`
    case 'percentile':
      return `percentile ${metric.percentile} of ${column}`
  }
}

function condition({column, operator, values}: Condition): string {
  const list = values.join(' or ')
  const words = {is: 'is', is_not: 'is not', at_least: 'is at least', below: 'is below'}
  return `, where ${column} ${words[operator]} ${list}`
}

export function describeAdditivity(metric: Metric): string {
  const words = {
    additive: 'its parts add up',
    'semi-additive': 'adds up across things, never over days',
    none: 'its parts do not add up',
  }
  return words[additivityOf(metric)]
}
