import {expect, test} from 'vitest'
import {type PanelData, readPanel} from '../src/query/panel-data.ts'
import {reportingPeriod} from '../src/query/reporting-period.ts'
import {openSample, sampleOptions} from '../src/sample/open-sample.ts'
import {templates} from '../src/templates/index.ts'
import {recipes as furtherRecipes} from './support/recipes.ts'
import {
  count,
  type Cut,
  distinct,
  micro,
  type Part,
  percentile,
  type Recipe,
  recompute,
  sampleDatabase,
  shiftDay,
  zone,
} from './support/recomputation.ts'

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

/** Each metric anew, in another engine's SQL; nothing here comes from the catalogue. */
const recipes: Readonly<Record<string, Readonly<Record<string, Recipe>>>> = {
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
  ...furtherRecipes,
}

const tableOf = (recipe: Recipe) => ('above' in recipe ? recipe.above.table : recipe.table)
const isCounted = (recipe: Recipe) =>
  !('above' in recipe) && !('percentile' in recipe) && !recipe.lastDay && !recipe.sql.startsWith('max')

test('every type is recomputed here', () => {
  expect(Object.keys(recipes)).toEqual(templates.map(({name}) => name))
})

test.each(templates.map(template => [template.name, template] as const))(
  '%s: every figure, point, part and total is what SQLite computes from the same rows',
  async (name, template) => {
    const own = recipes[name]!
    const {tables, dimensions} = template.catalogue
    const times = Object.fromEntries(Object.entries(tables).map(([table, {time}]) => [table, time!.column]))
    const database = sampleDatabase(template.sample(sampleOptions(5)), times)
    await using session = await openSample(template, 5, new AbortController().signal)
    const period = await reportingPeriod(template.catalogue, session, {period: template.spec.period, zone})

    const latest = Object.keys(tables)
      .map(table => database.prepare<[], {at: string}>(`select max(local) as at from ${table}`).get()!.at)
      .toSorted()
      .at(-1)!
    const last = latest.slice(0, 10)
    const days = template.spec.period.count
    const first = shiftDay(last, 1 - days)
    const current = `local_day between '${first}' and '${last}'`
    const previous = `local_day >= '${shiftDay(first, -days)}' and local <= '${shiftDay(last, -days)}${latest.slice(10)}'`
    expect(period).toMatchObject({
      days,
      current: {firstDay: first, lastDay: last},
      previous: {firstDay: shiftDay(first, -days), lastDay: shiftDay(last, -days)},
    })

    // Values of a dimension are told apart as text, whatever the column holds.
    const columnOf = (dimension: string) => `cast(${dimensions[dimension]!.column} as text)`
    const valueOf = (metric: string, cut: Cut, key = '') => {
      const recipe = own[metric]!
      return recompute(database, recipe, cut).get(key) ?? (isCounted(recipe) ? '0' : null)
    }
    let compared = 0
    for (const panel of template.spec.panels) {
      const filtered = panel.filters.map(({dimension, values}) => {
        const list = values.map(value => `'${value}'`).join(', ')
        return ` and ${columnOf(dimension)} in (${list})`
      })
      const condition = current + filtered.join('')
      const data: PanelData = await readPanel(
        panel,
        {catalogue: template.catalogue, period: period!, spec: template.spec},
        session,
      )
      if (data.kind === 'figure' && panel.kind === 'figure') {
        expect([panel.id, data.value]).toEqual([panel.id, valueOf(panel.metric, {condition})])
        expect([panel.id, data.previous]).toEqual([
          panel.id,
          valueOf(panel.metric, {condition: previous + filtered.join('')}),
        ])
        compared += 2
      } else if (data.kind === 'trend' && panel.kind === 'trend') {
        const column = {hour: 'utc_hour', day: 'local_day', week: 'local_week', month: ''}[panel.grain]
        for (const [index, metric] of panel.metrics.entries()) {
          const split = panel.split === undefined ? undefined : columnOf(panel.split)
          const ranked = split === undefined ? [] : rank(metric, split, condition)
          const top = ranked.slice(0, panel.top)
          const shown = split === undefined ? [data.series[index]!] : data.series
          for (const series of shown) {
            const rows =
              split === undefined
                ? ''
                : series.other
                  ? ` and ${split} not in (${top.map(each => `'${each}'`).join(', ')})`
                  : ` and ${split} = '${series.title}'`
            const expected = recompute(database, own[metric]!, {condition: condition + rows, group: column})
            const known = database
              .prepare<[], {from: string; to: string}>(
                `select min(local_day) as "from", max(local_day) as "to" from ${tableOf(own[metric]!)}`,
              )
              .get()!
            data.buckets.forEach((bucket, at) => {
              const isKnown = bucket.end > `${known.from}` && bucket.start.slice(0, 10) <= known.to
              const nothing = isCounted(own[metric]!) && isKnown ? '0' : null
              expect([panel.id, series.title, bucket.key, series.values[at]]).toEqual([
                panel.id,
                series.title,
                bucket.key,
                expected.get(bucket.key) ?? nothing,
              ])
              compared += 1
            })
          }
          if (split !== undefined)
            expect(data.series.map(({title}) => title)).toEqual(ranked.length > top.length ? [...top, 'Other'] : top)
        }
      } else if (data.kind === 'breakdown' && panel.kind === 'breakdown') {
        const column = columnOf(panel.dimension)
        const ranked = rank(panel.rank_by ?? panel.metrics[0]!, column, condition)
        const top = ranked.slice(0, panel.top)
        expect(data.categories.map(({label}) => label)).toEqual(ranked.length > top.length ? [...top, 'Other'] : top)
        for (const [index, metric] of panel.metrics.entries()) {
          data.categories.forEach((category, at) => {
            const rows =
              category.kind === 'other'
                ? ` and ${column} not in (${top.map(each => `'${each}'`).join(', ')})`
                : ` and ${column} = '${category.label}'`
            const expected = valueOf(metric, {condition: condition + rows})
            expect([panel.id, metric, category.label, data.series[index]!.values[at]]).toEqual([
              panel.id,
              metric,
              category.label,
              expected,
            ])
            compared += 1
          })
          expect([panel.id, metric, data.totals[index]]).toEqual([panel.id, metric, valueOf(metric, {condition})])
        }
      }
    }
    expect(compared).toBeGreaterThan(80)

    function rank(metric: string, column: string, condition: string): readonly string[] {
      const sizes = recompute(database, own[metric]!, {condition, group: column})
      return [...sizes]
        .toSorted(([one, a], [other, b]) => Number(b ?? -Infinity) - Number(a ?? -Infinity) || (one < other ? -1 : 1))
        .map(([label]) => label)
    }
  },
)
