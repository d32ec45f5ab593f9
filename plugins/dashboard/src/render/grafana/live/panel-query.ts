import type {RowMetric, Unit} from '../../../catalogue/catalogue.ts'
import type {BreakdownData, FigureData, FunnelData, TrendData} from '../../../query/panel-data.ts'
import type {BreakdownPanel, FigurePanel, FunnelPanel, Grain, TrendPanel} from '../../../spec/dashboard-spec.ts'
import {
  aggregateOf,
  isAddedUp,
  knownSpan,
  type LiveScope,
  metricRows,
  NotLiveError,
  rowMetricsOf,
  type RowsShape,
} from './metric-rows.ts'
import {literal} from './sql-text.ts'

/** A query for Grafana's data source of PostgreSQL, and what its columns of numbers are. */
export interface LiveQuery {
  /** https://grafana.com/docs/grafana/latest/datasources/postgres/query-editor/ has what either wants of columns. */
  readonly format: 'table' | 'time_series'
  readonly sql: string
  readonly columns: readonly LiveColumn[]
  /** Whether its one column of numbers becomes a series for each `part`, a string beside it. */
  readonly hasParts?: boolean
}

export interface LiveColumn {
  readonly name: string
  readonly title: string
  readonly unit: Unit | undefined
  /** Whether it has a colour of its own. */
  readonly fixed?: boolean
}

/** The number of now and of the days before, where these are known, and the target: one row. */
export function figureQuery({metric, target}: FigurePanel, data: FigureData, scope: LiveScope): LiveQuery {
  const query = new MetricQueries(scope)
  const before = query.withPeriodBefore()
  const value = query.whole(metric, 'this_period', data.unit)
  const previous = query.whole(metric, before, data.unit)
  const since = [...new Set(rowMetricsOf(metric, scope.catalogue).map(({table}) => query.known(table)))].map(
    known => `${query.dayOf(`${known}.first_at`)} <= ${query.dayOf(`${before}.start_at`)}`,
  )
  const aim = target === undefined ? undefined : query.whole(target, 'this_period', data.unit)
  const columns: LiveColumn[] = [
    {name: 'value', title: data.metric.title, unit: data.unit},
    {name: 'before', title: 'The days before', unit: data.unit},
    ...(aim === undefined ? [] : [{name: 'target', title: data.target!.title, unit: data.unit}]),
  ]
  const selected = [
    `${value} AS value`,
    `CASE WHEN ${since.join(' AND ')} THEN ${previous} END AS before`,
    ...(aim === undefined ? [] : [`${aim} AS target`]),
  ]
  return {format: 'table', columns, sql: query.select(selected, {from: ['this_period', before]})}
}

/** A row for each step, which begins no earlier than the time that is chosen; of parts, one for each of them. */
export function trendQuery(panel: TrendPanel, data: TrendData, scope: LiveScope): LiveQuery {
  if (panel.forecast !== undefined || panel.anomalies) throw new NotLiveError('no query says what is to be expected')
  const query = new MetricQueries(scope)
  const {grain, split, metrics, top} = panel
  query.withSteps(grain)
  const time = 'greatest(steps.start_at, this_period.start_at) AS "time"'
  const [first] = data.series
  if (split !== undefined) {
    const parts = query.withParts(metrics[0]!, {dimension: split, top}, first?.unit)
    const value = query.cell(metrics[0]!, {grain, parts, unit: first?.unit})
    return {
      format: 'time_series',
      hasParts: true,
      columns: [{name: 'value', title: scope.catalogue.metrics[metrics[0]!]!.title, unit: first?.unit}],
      // Two strings tell series apart: a value may be called Other too.
      sql: query.select([time, `to_char(parts.place, 'FM00') AS place`, 'parts.label AS part', `${value} AS value`], {
        from: ['this_period', 'steps', 'parts'],
        order: '1, 2',
      }),
    }
  }
  const columns = metrics.map((_, index): LiveColumn => {
    const {title, unit} = data.series[index]!
    return {name: `series_${index + 1}`, title, unit, fixed: true}
  })
  const values = metrics.map(
    (name, index) => `${query.cell(name, {grain, unit: columns[index]!.unit})} AS ${columns[index]!.name}`,
  )
  const from = ['this_period', 'steps']
  return {format: 'time_series', columns, sql: query.select([time, ...values], {from, order: '1'})}
}

/** The first metric alone; then all of them, with all rows together as the last one. */
export function breakdownQueries(
  panel: BreakdownPanel,
  data: BreakdownData,
  scope: LiveScope,
): readonly [LiveQuery, LiveQuery] {
  return [chartOfParts(panel, data, scope), tableOfParts(panel, data, scope)]
}

function chartOfParts(panel: BreakdownPanel, data: BreakdownData, scope: LiveScope): LiveQuery {
  const query = new MetricQueries(scope)
  const {selected, columns} = partColumns(panel, panel.metrics.slice(0, 1), data, query)
  const from = ['this_period', 'parts']
  const sql = query.select(['parts.label AS part', ...selected], {from, order: 'parts.place'})
  return {format: 'table', columns: columns.map(each => ({...each, fixed: true})), sql}
}

function tableOfParts(panel: BreakdownPanel, data: BreakdownData, scope: LiveScope): LiveQuery {
  const query = new MetricQueries(scope)
  const {selected, columns} = partColumns(panel, panel.metrics, data, query)
  const parts = query.select(['parts.place AS place', 'parts.label AS part', ...selected], {
    from: ['this_period', 'parts'],
    within: 'shown',
  })
  const totals = panel.metrics.map(
    (name, index) => `${query.whole(name, 'this_period', data.series[index]!.unit)} AS ${columns[index]!.name}`,
  )
  const all = query.select(['CAST(NULL AS bigint) AS place', `'All' AS part`, ...totals], {
    from: ['this_period'],
    within: 'all_rows',
  })
  const names = columns.map(({name}) => name)
  const first = names[0]!
  const lift = panel.lift
    ? [`CAST(${first} AS float8) / nullif(CAST((SELECT ${first} FROM all_rows) AS float8), 0) AS times_all`]
    : []
  return {
    format: 'table',
    columns: [
      ...columns,
      ...(panel.lift ? [{name: 'times_all', title: 'Times All', unit: {kind: 'number' as const}}] : []),
    ],
    sql: query.text(
      [parts, all],
      `SELECT ${['part', ...names, ...lift].join(', ')}
FROM (SELECT * FROM shown UNION ALL SELECT * FROM all_rows) AS told
ORDER BY place NULLS LAST`,
    ),
  }
}

function partColumns(
  panel: BreakdownPanel,
  metrics: readonly string[],
  data: BreakdownData,
  query: MetricQueries,
): {selected: readonly string[]; columns: readonly LiveColumn[]} {
  const {dimension, top, rank_by: rank = panel.metrics[0]!} = panel
  const unitOf = (name: string) => data.series[panel.metrics.indexOf(name)]?.unit
  const parts = query.withParts(rank, {dimension, top}, unitOf(rank))
  const columns = metrics.map((name, index): LiveColumn => {
    const {title, unit} = data.series[panel.metrics.indexOf(name)]!
    return {name: `value_${index + 1}`, title, unit}
  })
  const selected = metrics.map(
    (name, index) => `${query.cell(name, {parts, unit: unitOf(name)})} AS ${columns[index]!.name}`,
  )
  return {selected, columns}
}

/** A row for each step of a way: how many there are, then with shares. */
export function funnelQueries(
  {metrics}: FunnelPanel,
  data: FunnelData,
  scope: LiveScope,
): readonly [LiveQuery, LiveQuery] {
  const query = new MetricQueries(scope)
  const counts = metrics.map((name, index) => `${query.whole(name, 'this_period', data.unit)} AS step_${index + 1}`)
  const numbers = query.select(counts, {from: ['this_period'], within: 'counts'})
  const rows = data.steps.map(({title}, index) => `(${index + 1}, ${literal(title)}, step_${index + 1})`)
  const way = `way AS (
  SELECT place, step, number FROM counts CROSS JOIN LATERAL (VALUES
    ${rows.join(',\n    ')}
  ) AS steps (place, step, number)
)`
  const number: LiveColumn = {name: 'number', title: 'Number', unit: data.unit}
  const share = (of: string) => `CAST(number AS float8) / nullif(CAST(${of} AS float8), 0)`
  return [
    {
      format: 'table',
      columns: [{...number, fixed: true}],
      sql: query.text([numbers, way], 'SELECT step, number FROM way ORDER BY place'),
    },
    {
      format: 'table',
      columns: [
        number,
        {name: 'of_first', title: 'Of the first', unit: {kind: 'share'}},
        {name: 'of_previous', title: 'Of the one before', unit: {kind: 'share'}},
      ],
      sql: query.text(
        [numbers, way],
        `SELECT step, number,
  ${share('first_value(number) OVER (ORDER BY place)')} AS of_first,
  ${share('lag(number) OVER (ORDER BY place)')} AS of_previous
FROM way ORDER BY place`,
      ),
    },
  ]
}

interface Parts {
  readonly dimension: string
  readonly top: number
}

interface Cell {
  readonly grain?: Grain | undefined
  readonly parts?: Parts | undefined
  readonly unit: Unit | undefined
}

/**
 * Collects the common table expressions of one query, and gives expressions of metrics over them. The period is that
 * which is chosen in Grafana, by `$__timeFrom()` and `$__timeTo()`, which become literals of moments in UTC.
 */
class MetricQueries {
  readonly #scope: LiveScope
  readonly #expressions = new Map<string, string>()
  #joins: string[] = []

  constructor(scope: LiveScope) {
    this.#scope = scope
    const chosen = 'CAST($__timeTo() AS timestamptz)'
    const spans = scope.until?.map(table => knownSpan(table, scope)).join('\n    UNION ALL ')
    const end = spans === undefined ? chosen : `least(${chosen}, (SELECT max(last_at) FROM (${spans}) AS known))`
    this.#expressions.set('this_period', `SELECT CAST($__timeFrom() AS timestamptz) AS start_at, ${end} AS end_at`)
  }

  dayOf(moment: string): string {
    return `CAST(${this.#local(moment)} AS date)`
  }

  /** As many calendar days directly before, up to the same time of day. */
  withPeriodBefore(): string {
    const last = `end_at - INTERVAL '1 microsecond'`
    const days = `make_interval(days => ${this.dayOf(last)} - ${this.dayOf('start_at')} + 1)`
    const zone = literal(this.#scope.zone)
    this.#expressions.set(
      'period_before',
      `SELECT (${this.#local('start_at')} - ${days}) AT TIME ZONE ${zone} AS start_at,
    (${this.#local('end_at')} - ${days}) AT TIME ZONE ${zone} AS end_at
  FROM this_period`,
    )
    return 'period_before'
  }

  /** Every step of the period, with rows or without. */
  withSteps(grain: Grain): void {
    const last = `end_at - INTERVAL '1 microsecond'`
    const zone = literal(this.#scope.zone)
    this.#expressions.set(
      'steps',
      grain === 'hour'
        ? `SELECT step, step AS start_at, step + INTERVAL '1 hour' AS end_at
  FROM this_period CROSS JOIN generate_series(start_at, ${last}, INTERVAL '1 hour') AS step`
        : `SELECT step, step AT TIME ZONE ${zone} AS start_at, (step + INTERVAL '1 ${grain}') AT TIME ZONE ${zone} AS end_at
  FROM this_period CROSS JOIN generate_series(date_trunc('${grain}', ${this.#local('start_at')}), ${this.#local(last)}, INTERVAL '1 ${grain}') AS step`,
    )
  }

  /** The largest values of a dimension, equal ones by name, and all others as one more where there are any. */
  withParts(name: string, parts: Parts, unit: Unit | undefined): Parts {
    const {catalogue} = this.#scope
    const {ordered, bands} = catalogue.dimensions[parts.dimension]!
    if (bands !== undefined) throw new NotLiveError('bands are made when the dashboard is built')
    if (ordered) throw new NotLiveError('its values have an order of their own')
    const each = rowMetricsOf(name, catalogue).map(metric => {
      const rows = this.#rows(metric, {window: 'this_period', dimension: parts.dimension})
      return this.#named('values', `SELECT part, ${aggregateOf(metric)} AS value FROM ${rows} GROUP BY part`)
    })
    const joins = [...new Set(each)].map(values => `LEFT JOIN ${values} USING (part)`)
    const size = this.#measured(name, {
      window: 'this_period',
      values: each,
      zero: metric => this.#reached(metric),
      unit,
    })
    const keys = [...new Set(each)].map(values => `SELECT part FROM ${values}`).join(' UNION ')
    this.#expressions.set(
      'ranked',
      `SELECT part, row_number() OVER (ORDER BY CAST(${size} AS float8) DESC NULLS LAST, part) AS place
  FROM (${keys}) AS keys ${[...joins, 'CROSS JOIN this_period', ...this.#takeJoins()].join('\n  ')}`,
    )
    this.#expressions.set(
      'parts',
      `SELECT place, part, CASE WHEN part = 'n' THEN '(none)' ELSE substr(part, 2) END AS label FROM ranked WHERE place <= ${parts.top}
  UNION ALL SELECT ${parts.top + 1}, NULL, 'Other' WHERE EXISTS (SELECT 1 FROM ranked WHERE place > ${parts.top})`,
    )
    return parts
  }

  /** A metric of all rows of a period, of which there is one value. */
  whole(name: string, window: string, unit: Unit | undefined): string {
    const each = rowMetricsOf(name, this.#scope.catalogue).map(metric => {
      const rows = this.#rows(metric, {window})
      const values = this.#named('values', `SELECT ${aggregateOf(metric)} AS value FROM ${rows}`)
      this.#join(`CROSS JOIN ${values}`)
      return values
    })
    return this.#measured(name, {window, values: each, zero: metric => this.#reached(metric, window), unit})
  }

  /** A metric for each step, each part, or both. */
  cell(name: string, {grain, parts, unit}: Cell): string {
    const keys = [...(grain === undefined ? [] : ['step']), ...(parts === undefined ? [] : ['place'])]
    const each = rowMetricsOf(name, this.#scope.catalogue).map(metric => {
      const rows = this.#rows(metric, {window: 'this_period', grain, dimension: parts?.dimension})
      const selected = [
        ...(grain === undefined ? [] : ['step']),
        ...(parts === undefined ? [] : [`coalesce(place, ${parts.top + 1}) AS place`]),
      ]
      const from = parts === undefined ? rows : `${rows} LEFT JOIN parts USING (part)`
      const groups = keys.map((_, index) => index + 1).join(', ')
      const values = this.#named(
        'values',
        `SELECT ${[...selected, `${aggregateOf(metric)} AS value`].join(', ')} FROM ${from} GROUP BY ${groups}`,
      )
      const equal = keys.map(key => `${values}.${key} = ${key === 'step' ? 'steps' : 'parts'}.${key}`)
      this.#join(`LEFT JOIN ${values} ON ${equal.join(' AND ')}`)
      return values
    })
    const within = grain === undefined ? 'this_period' : 'steps'
    return this.#measured(name, {
      window: 'this_period',
      values: each,
      zero: metric => this.#reached(metric, within),
      unit,
    })
  }

  /** A query over what was collected, or a common table expression `within` the whole. */
  select(
    selected: readonly string[],
    {from, order, within}: {from: readonly string[]; order?: string; within?: string},
  ) {
    const joins = this.#takeJoins()
    const [first, ...more] = from
    const body = `SELECT ${selected.join(',\n  ')}
FROM ${[first, ...more.map(each => `CROSS JOIN ${each}`), ...joins].join('\n')}${order === undefined ? '' : `\nORDER BY ${order}`}`
    return within === undefined ? this.text([], body) : `${within} AS (${body})`
  }

  text(more: readonly string[], body: string): string {
    const expressions = [...this.#expressions].map(([name, text]) => `${name} AS (\n  ${text}\n)`)
    return `WITH ${[...expressions, ...more].join(',\n')}\n${body}`
  }

  /** The table expression of a table's span, which is joined. */
  known(table: string): string {
    const name = this.#named('known', knownSpan(table, this.#scope))
    this.#join(`CROSS JOIN ${name}`)
    return name
  }

  /** A ratio is the quotient of what its sides add up to; nothing divided by nothing is null, as is anything by nothing. */
  #measured(name: string, {window, values, zero, unit}: Measured): string {
    const metric = this.#scope.catalogue.metrics[name]!
    const parts = rowMetricsOf(name, this.#scope.catalogue)
    const value = (index: number, reached: (part: RowMetric) => string) => {
      const own = `${values[index]}.value`
      return isAddedUp(parts[index]!) ? `CASE WHEN ${reached(parts[index]!)} THEN coalesce(${own}, 0) END` : own
    }
    const plain =
      metric.kind === 'ratio'
        ? `CAST(${value(0, part => this.#reached(part, window))} AS float8) / nullif(CAST(${values[1]}.value AS float8), 0)`
        : value(0, zero)
    const guards = parts.flatMap(part => this.#oneCurrency(part, window, unit))
    return guards.length === 0 ? plain : `CASE WHEN ${[...new Set(guards)].join(' AND ')} THEN ${plain} END`
  }

  /** Amounts in two currencies are not added, and those of another are not shown under the sign of this one. */
  #oneCurrency(metric: RowMetric, window: string, unit: Unit | undefined): readonly string[] {
    if (metric.unit.kind !== 'currency' || metric.unit.column === undefined) return []
    const rows = this.#rows(metric, {window})
    const alike =
      unit?.kind === 'currency' && unit.currency !== undefined
        ? `bool_and(coalesce(currency = ${literal(unit.currency)}, false))`
        : 'count(currency) = count(*) AND min(currency) = max(currency)'
    const name = this.#named('money', `SELECT ${alike} AS alike FROM ${rows}`)
    this.#join(`CROSS JOIN ${name}`)
    return [`${name}.alike IS NOT FALSE`]
  }

  /** Whether a stretch of time lies where the table of a metric tells of anything. */
  #reached({table}: RowMetric, within = 'this_period'): string {
    const known = this.known(table)
    return `${known}.first_at < ${within}.end_at AND ${known}.last_at > ${within}.start_at`
  }

  #rows(metric: RowMetric, shape: RowsShape): string {
    return this.#named('rows', metricRows(metric, shape, this.#scope))
  }

  /** One expression for the same text. */
  #named(word: string, text: string): string {
    for (const [name, known] of this.#expressions) if (known === text) return name
    const count = [...this.#expressions.keys()].filter(name => new RegExp(`^${word}_\\d+$`).test(name)).length
    const name = `${word}_${count + 1}`
    this.#expressions.set(name, text)
    return name
  }

  #join(text: string): void {
    if (!this.#joins.includes(text)) this.#joins.push(text)
  }

  #takeJoins(): readonly string[] {
    const joins = this.#joins
    this.#joins = []
    return joins
  }

  #local(moment: string): string {
    return `(${moment}) AT TIME ZONE ${literal(this.#scope.zone)}`
  }
}

interface Measured {
  readonly window: string
  /** The table expressions of its parts. */
  readonly values: readonly string[]
  /** Whether a value that is not there is 0. */
  readonly zero: (metric: RowMetric) => string
  readonly unit: Unit | undefined
}
