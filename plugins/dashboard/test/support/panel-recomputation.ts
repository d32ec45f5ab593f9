import type {Database} from 'better-sqlite3'
import {findAnomalies} from '../../src/anomaly/find-anomalies.ts'
import type {Metric} from '../../src/catalogue/catalogue.ts'
import {forecast} from '../../src/forecast/forecast.ts'
import type {PanelData, TrendData} from '../../src/query/panel-data.ts'
import type {Panel, TrendPanel} from '../../src/spec/dashboard-spec.ts'
import type {Template} from '../../src/templates/template.ts'
import {mondayOf, type Recipe, recompute, shiftDay, zone} from './recomputation.ts'

/** Every number of a panel by its place, as text that a difference can be read from. */
export type Numbers = Readonly<Record<string, string | null>>

/** The numbers of what was read. */
export function shownNumbers(data: PanelData): Numbers {
  switch (data.kind) {
    case 'figure':
      return {
        value: data.value,
        previous: data.previous,
        ...(data.target && {target: data.target.value, reached: data.target.reached}),
      }
    case 'trend':
      return {
        ...entries(data.series, ({title, values}) =>
          entries(data.buckets, ({key}, at) => ({[`${title} ${key}`]: values[at]!})),
        ),
        ...outlookNumbers(data),
      }
    case 'breakdown':
      return entries(data.series, ({title, values}, index) => ({
        ...entries(data.categories, ({label}, at) => ({[`${title}, ${label}`]: values[at]!})),
        [`${title}, All`]: data.totals[index]!,
        ...(index === 0 && data.lift
          ? entries(data.categories, ({label}, at) => ({[`times, ${label}`]: data.lift![at]!}))
          : {}),
      }))
    case 'funnel':
      return entries(data.steps, ({title, value, ofFirst, ofPrevious}) => ({
        [title]: value,
        [`${title} of first`]: ofFirst,
        [`${title} of previous`]: ofPrevious,
      }))
    case 'matrix':
      return entries(data.rows, (row, at) =>
        entries(data.columns, (column, across) => ({[`${row.label}, ${column.label}`]: data.values[at]![across]!})),
      )
  }
}

function outlookNumbers({buckets, forecast: ahead, usual}: TrendData): Numbers {
  return {
    ...(ahead && 'values' in ahead
      ? {
          ...entries(ahead.buckets, ({key}, at) => ({[`forecast ${key}`]: ahead.values[at]!})),
          ...entries(ahead.intervals, ({level, lower, upper}) =>
            entries(ahead.buckets, ({key}, at) => ({
              [`${level} from ${key}`]: lower[at]!,
              [`${level} to ${key}`]: upper[at]!,
            })),
          ),
        }
      : {}),
    ...(usual && 'steps' in usual
      ? entries(buckets, ({key}, at) => {
          const step = usual.steps[at]
          return step === undefined
            ? {}
            : {[`expected ${key}`]: step.expected, [`unusual ${key}`]: step.anomaly ?? 'no'}
        })
      : {}),
  }
}

function entries<T>(items: readonly T[], each: (item: T, index: number) => Numbers): Numbers {
  return Object.assign({}, ...items.map(each)) as Numbers
}

const columnOf = {hour: 'utc_hour', day: 'local_day', week: 'local_week', month: 'local_month'} as const
/** How far back forecasts look, before the period. */
const stepsBack = {hour: 24 * 7 * 6, day: 280, week: 260, month: 180} as const
const seasonsOf = {hour: [24, 168], day: [7], week: [52], month: [12]} as const

const tableOf = (recipe: Recipe) => ('above' in recipe ? recipe.above.table : recipe.table)
const isCounted = (recipe: Recipe) =>
  !('above' in recipe) && !('percentile' in recipe) && !recipe.lastDay && !recipe.sql.startsWith('max')

/** The numbers that a panel has to have, from rows in SQLite. */
export class PanelRecomputation {
  readonly #template: Template
  readonly #recipes: Readonly<Record<string, Recipe>>
  readonly #database: Database
  /** Local time of the last row, with milliseconds. */
  readonly #latest: string
  readonly first: string
  readonly last: string
  readonly days: number

  constructor(template: Template, recipes: Readonly<Record<string, Recipe>>, database: Database) {
    this.#template = template
    this.#recipes = recipes
    this.#database = database
    this.#latest = Object.entries(template.catalogue.tables)
      .filter(([, {ahead}]) => !ahead)
      .map(([table]) => database.prepare<[], {at: string}>(`select max(local) as at from ${table}`).get()!.at)
      .toSorted()
      .at(-1)!
    this.last = this.#latest.slice(0, 10)
    const {unit, count} = template.spec.period
    this.first = unit === 'day' ? shiftDay(this.last, 1 - count) : `${monthBefore(this.last, count - 1)}-01`
    this.days = Math.round((Date.parse(this.last) - Date.parse(this.first)) / 86_400_000) + 1
  }

  numbers(panel: Panel): Numbers {
    const {tables} = this.#template.catalogue
    const isDated = Object.values(tables).every(({time}) => time!.kind === 'date')
    const now = isDated ? `${this.last} 24` : this.#latest
    const filters = panel.filters.map(filter => ` and ${this.#filter(filter)}`).join('')
    const current = `local_day between '${this.first}' and '${this.last}' and local <= '${now}'${filters}`
    const before = shiftDay(this.first, -this.days)
    const previous = `local_day >= '${before}' and local <= '${shiftDay(this.last, -this.days)}${now.slice(10)}'${filters}`
    switch (panel.kind) {
      case 'figure': {
        const value = this.#value(panel.metric, current)
        const target = panel.target === undefined ? undefined : this.#value(panel.target, current)
        return {
          value,
          previous: this.#value(panel.metric, previous),
          ...(target === undefined ? {} : {target, reached: divided(value, target)}),
        }
      }
      case 'trend':
        return {...this.#trend(panel, current), ...this.#outlook(panel, filters)}
      case 'breakdown': {
        const labels = this.#labels(panel.rank_by ?? panel.metrics[0]!, panel.dimension, panel.top, current)
        return entries(panel.metrics, (name, index) => {
          const all = this.#value(name, current)
          const values = this.#parts(name, current, this.#part(panel.dimension, labels), labels)
          return {
            ...entries(values, ([label, value]) => ({[`${this.#title(name)}, ${label}`]: value})),
            [`${this.#title(name)}, All`]: all,
            ...(index === 0 && panel.lift
              ? entries(values, ([label, value]) => ({[`times, ${label}`]: divided(value, all)}))
              : {}),
          }
        })
      }
      case 'funnel': {
        const values = panel.metrics.map(name => this.#value(name, current))
        return entries(panel.metrics, (name, index) => ({
          [this.#title(name)]: values[index]!,
          [`${this.#title(name)} of first`]: divided(values[index]!, values[0]!),
          [`${this.#title(name)} of previous`]: index === 0 ? null : divided(values[index]!, values[index - 1]!),
        }))
      }
      case 'matrix': {
        const rank = panel.rank_by ?? panel.metric
        const rows = this.#labels(rank, panel.rows, panel.top_rows, current)
        const columns =
          panel.grain === undefined
            ? this.#labels(rank, panel.columns!, panel.top_columns, current)
            : this.#calendar(panel.grain, this.first).slice(-panel.top_columns)
        const across = panel.grain === undefined ? this.#part(panel.columns!, columns) : columnOf[panel.grain]
        const places = rows.flatMap(row => columns.map(column => `${row}, ${column}`))
        const cell = `${this.#part(panel.rows, rows)} || ', ' || ${across}`
        return Object.fromEntries(this.#parts(panel.metric, current, cell, places))
      }
    }
  }

  #trend({metrics, grain, split, top}: TrendPanel, current: string): Numbers {
    const buckets = this.#calendar(grain, this.first)
    return entries(metrics, name => {
      if (split === undefined) return this.#series(name, this.#title(name), buckets, grain, current)
      const ranked = this.#ranked(name, split, current)
      const labels = ranked.length > top ? [...ranked.slice(0, top), 'Other'] : ranked
      return entries(labels, label =>
        this.#series(name, label, buckets, grain, `${current} and ${this.#part(split, labels)} = '${label}'`),
      )
    })
  }

  #series(
    name: string,
    title: string,
    buckets: readonly string[],
    grain: TrendPanel['grain'],
    condition: string,
  ): Numbers {
    const recipe = this.#recipes[name]!
    const values = recompute(this.#database, recipe, {condition, group: columnOf[grain]})
    const known = this.#known(tableOf(recipe))
    return entries(buckets, bucket => {
      const isKnown = grain === 'hour' || (lastDayOf(bucket, grain) >= known.from && bucket <= known.to)
      return {[`${title} ${bucket}`]: values.get(bucket) ?? (isCounted(recipe) && isKnown ? '0' : null)}
    })
  }

  /** What is forecast and what is usual, by the same methods (tested by themselves) from history that SQLite added up. */
  #outlook({metrics, grain, forecast: asked, anomalies}: TrendPanel, filters: string): Numbers {
    if (asked === undefined && !anomalies) return {}
    const name = metrics[0]!
    const {from} = this.#known(tableOf(this.#recipes[name]!))
    const start =
      grain === 'hour' ? shiftDay(this.first, -stepsBack.hour / 24) : stepBefore(this.first, stepsBack[grain], grain)
    const begin = start > from ? start : from
    // Of the first step of the data it is not known whether they tell of all of it, and the last is not over.
    const all = this.#calendar(grain, begin)
    const keys = all.slice(begin === from || grain === 'week' ? 1 : 0, -1)
    const series = this.#series(name, '', keys, grain, `local <= '${this.#latest}'${filters}`)
    const values = Object.values(series).map(value => (value === null ? null : Number(value)))
    const metric = this.#template.catalogue.metrics[name]!
    const {kind, unit} = metric
    const bounds = {
      ...(values.every(value => value === null || value >= 0) ? {lowest: 0} : {}),
      ...(unit.kind === 'share' ? {highest: 1} : {}),
    }
    const seasons = seasonsOf[grain]
    const told = (value: number) => String(Number(value.toPrecision(6)))
    const shown = new Set(this.#calendar(grain, this.first))
    const usual = anomalies
      ? findAnomalies({
          values,
          seasons,
          nature: kind === 'count' || kind === 'distinct' ? 'count' : unit.kind === 'share' ? 'share' : 'other',
          sizes: this.#sizes(metric, keys, grain, filters),
          ...bounds,
        }).steps
      : []
    const made = asked && forecast({values, horizon: asked.steps, seasons, ...bounds})
    const ahead = made?.steps.map((_, index) => stepBefore(all.at(-1)!, -index, grain)) ?? []
    return {
      ...entries(usual, ({expected, anomaly}, index) =>
        shown.has(keys[index]!)
          ? {[`expected ${keys[index]}`]: told(expected), [`unusual ${keys[index]}`]: anomaly ?? 'no'}
          : {},
      ),
      ...entries(made?.steps ?? [], ({value, intervals}, index) => ({
        [`forecast ${ahead[index]}`]: told(value),
        ...entries(intervals, ({level, lower, upper}) => ({
          [`${level} from ${ahead[index]}`]: told(lower),
          [`${level} to ${ahead[index]}`]: told(upper),
        })),
      })),
    }
  }

  /** Of how many things each step's share is, where both sides of it are counted in one table. */
  #sizes(metric: Metric, keys: readonly string[], grain: TrendPanel['grain'], filters: string) {
    if (metric.kind !== 'ratio' || metric.unit.kind !== 'share') return undefined
    const {metrics} = this.#template.catalogue
    const sides = [metrics[metric.numerator]!, metrics[metric.denominator]!]
    if (sides.some(({kind}) => kind !== 'count')) return undefined
    const series = this.#series(metric.denominator, '', keys, grain, `local <= '${this.#latest}'${filters}`)
    return Object.values(series).map(Number)
  }

  #title = (name: string) => this.#template.catalogue.metrics[name]!.title

  #value(name: string, condition: string): string | null {
    const recipe = this.#recipes[name]!
    return recompute(this.#database, recipe, {condition}).get('') ?? (isCounted(recipe) ? '0' : null)
  }

  #known(table: string) {
    return this.#database
      .prepare<[], {from: string; to: string}>(`select min(local_day) as "from", max(local_day) as "to" from ${table}`)
      .get()!
  }

  /** A dimension's value of a row, as SQL. */
  #told(dimension: string): string {
    const {table, column, bands} = this.#template.catalogue.dimensions[dimension]!
    // Values of a dimension are told apart as text, whatever the column holds.
    if (bands === undefined) return `cast(${column} as text)`
    const {edges, share} = bands
    const isMicro = this.#template.sample({seed: 1, end: 0, days: 0})[table]!.columns[column] === 'DOUBLE'
    const text = (edge: number) => (share ? `${Math.round(edge * 1e9) / 1e7}%` : `${edge}`)
    const cases = edges.map((edge, index) => {
      const label = index === 0 ? `below ${text(edge)}` : `${text(edges[index - 1]!)} to ${text(edge)}`
      return `when ${column} < ${isMicro ? Math.round(edge * 1e6) : edge} then '${label}'`
    })
    return `(case ${cases.join(' ')} when ${column} is not null then '${text(edges.at(-1)!)} and more' end)`
  }

  #filter({dimension, operator, values}: Panel['filters'][number]): string {
    const told = this.#told(dimension)
    const list = values.filter(value => value !== null).map(value => `'${value}'`)
    const among = `(coalesce(${told} in (${list.join(', ')}), 0)${values.includes(null) ? ` or ${told} is null` : ''})`
    return operator === 'in' ? among : `not ${among}`
  }

  /** Which of the labels that are shown a row belongs to, as SQL. */
  #part(dimension: string, labels: readonly string[]): string {
    const told = this.#told(dimension)
    const list = labels.map(each => `'${each}'`).join(', ')
    return `(case when ${told} is null then '(none)' when ${told} in (${list}) then ${told} else 'Other' end)`
  }

  #parts(name: string, condition: string, group: string, labels: readonly string[]) {
    const recipe = this.#recipes[name]!
    const values = recompute(this.#database, recipe, {condition, group})
    return labels.map(label => [label, values.get(label) ?? (isCounted(recipe) ? '0' : null)] as const)
  }

  #ranked(metric: string, dimension: string, condition: string): readonly string[] {
    const sizes = recompute(this.#database, this.#recipes[metric]!, {condition, group: this.#told(dimension)})
    return [...sizes]
      .toSorted(([one, a], [other, b]) => Number(b ?? -Infinity) - Number(a ?? -Infinity) || (one < other ? -1 : 1))
      .map(([label]) => label ?? '(none)')
  }

  #labels(metric: string, dimension: string, top: number, condition: string): readonly string[] {
    const ranked = this.#ranked(metric, dimension, condition)
    const {bands, ordered} = this.#template.catalogue.dimensions[dimension]!
    if (bands !== undefined) {
      // The outer bands are open, and there only where something lies in them.
      const text = (edge: number) => (bands.share ? `${Math.round(edge * 1e9) / 1e7}%` : `${edge}`)
      const inner = bands.edges.slice(1).map((edge, index) => `${text(bands.edges[index]!)} to ${text(edge)}`)
      const outer = [`below ${text(bands.edges[0]!)}`, `${text(bands.edges.at(-1)!)} and more`]
      const used = (label: string) => ranked.includes(label)
      return [...outer.slice(0, 1).filter(used), ...inner, ...outer.slice(1).filter(used), ...['(none)'].filter(used)]
    }
    const shown = ranked.slice(0, top)
    if (ordered) shown.sort()
    return ranked.length > top ? [...shown, 'Other'] : shown
  }

  /** The steps from a day to the last row. */
  #calendar(grain: TrendPanel['grain'], first: string): readonly string[] {
    const keys: string[] = []
    if (grain === 'hour') {
      const latest = this.#database
        .prepare<[], {hour: string}>(
          `select max(utc_hour) as hour from ${Object.keys(this.#template.catalogue.tables)[0]}`,
        )
        .get()!.hour
      const midnight = Date.parse(`${first}T00:00:00Z`)
      const local = new Intl.DateTimeFormat('sv', {timeZone: zone, dateStyle: 'short', timeStyle: 'short'})
      const offset = Date.parse(`${local.format(midnight).replace(' ', 'T')}:00Z`) - midnight
      for (let at = midnight - offset; at <= Date.parse(latest); at += 3_600_000) {
        keys.push(new Date(at).toISOString().replace('.000', ''))
      }
      return keys
    }
    const start = grain === 'week' ? mondayOf(first) : grain === 'month' ? `${first.slice(0, 7)}-01` : first
    for (let key = start; key <= this.last; key = stepBefore(key, -1, grain)) keys.push(key)
    return keys
  }
}

const digits = (value: number) => (String(value).includes('e') ? value.toFixed(20).replace(/0+$/, '') : String(value))

function divided(above: string | null, below: string | null): string | null {
  return above === null || below === null || Number(below) === 0 ? null : digits(Number(above) / Number(below))
}

function monthBefore(day: string, months: number): string {
  return new Date(Date.UTC(Number(day.slice(0, 4)), Number(day.slice(5, 7)) - 1 - months, 1)).toISOString().slice(0, 7)
}

function stepBefore(key: string, steps: number, grain: TrendPanel['grain']): string {
  if (grain === 'month') return `${monthBefore(key, steps)}-01`
  return shiftDay(key, (grain === 'week' ? -7 : -1) * steps)
}

function lastDayOf(bucket: string, grain: TrendPanel['grain']): string {
  if (grain === 'month') return shiftDay(`${monthBefore(bucket, -1)}-01`, -1)
  return grain === 'week' ? shiftDay(bucket, 6) : bucket
}
