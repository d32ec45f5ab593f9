import {fence, findAnomalies, NothingUsualError} from '../anomaly/find-anomalies.ts'
import type {Nature} from '../anomaly/variance-scale.ts'
import type {Metric} from '../catalogue/catalogue.ts'
import {forecast, type Forecast, NoForecastError} from '../forecast/forecast.ts'
import type {Grain, TrendPanel} from '../spec/dashboard-spec.ts'
import {plainDecimal, type Quantity} from './metric-query.ts'
import {at, type MetricReader, MixedCurrencyError} from './metric-reader.ts'
import type {TrendForecast, TrendUsual} from './panel-data.ts'
import {type Bucket, bucketsOf, movedBy} from './reporting-period.ts'
import {rhythms} from './rhythms.ts'

/** The whole steps up to now of which the data tell, from before the period too. */
interface History {
  readonly buckets: readonly Bucket[]
  readonly values: readonly Quantity[]
  /** Where the first step that is not over, or not known, begins. */
  readonly end: string
}

export async function readForecast(
  {metrics, grain, forecast: asked}: TrendPanel,
  reader: MetricReader,
): Promise<TrendForecast | {readonly reason: string}> {
  const name = metrics[0]!
  try {
    const history = await historyOf(name, grain, reader)
    const made = forecast({
      values: numbersOf(history),
      horizon: asked!.steps,
      seasons: rhythms[grain].seasons,
      ...boundsOf(reader.metric(name), history),
    })
    const end = await movedBy(asked!.steps, grain, history.end, reader.period, reader.session)
    const ahead = await bucketsOf({current: {start: history.end, end}, zone: reader.period.zone}, grain, reader.session)
    return {
      buckets: ahead.slice(0, asked!.steps),
      values: made.steps.map(({value}) => estimate(value)),
      intervals: (made.steps[0]?.intervals ?? []).map(({level}, index) => ({
        level,
        lower: made.steps.map(({intervals}) => estimate(intervals[index]!.lower)),
        upper: made.steps.map(({intervals}) => estimate(intervals[index]!.upper)),
      })),
      notes: forecastNotes(made, grain, history, asked!.steps),
    }
  } catch (error) {
    if (!(error instanceof NoForecastError || error instanceof MixedCurrencyError)) throw error
    return {reason: error.message}
  }
}

export async function readUsual(
  {metrics, grain}: TrendPanel,
  buckets: readonly Bucket[],
  reader: MetricReader,
): Promise<TrendUsual | {readonly reason: string}> {
  const name = metrics[0]!
  const metric = reader.metric(name)
  try {
    const history = await historyOf(name, grain, reader)
    const {season, steps} = findAnomalies({
      values: numbersOf(history),
      seasons: rhythms[grain].seasons,
      nature: natureOf(metric),
      ...boundsOf(metric, history),
    })
    const byKey = new Map(history.buckets.map(({key}, index) => [key, steps[index]!]))
    return {
      steps: buckets.map(({key, complete}) => {
        const step = complete ? byKey.get(key) : undefined
        if (step === undefined) return undefined
        const {expected, lower, upper, anomaly} = step
        return {expected: estimate(expected), lower: estimate(lower), upper: estimate(upper), anomaly}
      }),
      notes: [
        `Usual is what trend${season > 1 ? ` and ${seasonWords(season, grain)}` : ''} of ${history.buckets.length} ${grain}s ` +
          `let expect of each by all others (robust STL); unusual is what is more than ${fence} interquartile ranges further off than most.`,
      ],
    }
  } catch (error) {
    if (!(error instanceof NothingUsualError || error instanceof MixedCurrencyError)) throw error
    return {reason: error.message}
  }
}

async function historyOf(name: string, grain: Grain, reader: MetricReader): Promise<History> {
  const {period, session} = reader
  const begin = await movedBy(-rhythms[grain].history, grain, period.current.start, period, session)
  const window = {...period.current, start: begin}
  const buckets = await bucketsOf({current: window, zone: period.zone}, grain, session)
  const values = await reader.values(name, {window, grain})
  const covers = reader.parts(name).map(({table}) => period.coverage.get(table))
  const told = buckets
    .filter(({complete, start}) => complete && covers.every(each => each && each.start <= start && each.end > start))
    .map(bucket => ({bucket, value: reader.inBucket(name, bucket, values.get(at({bucket: bucket.key})))}))
  const first = told.findIndex(({value}) => value !== null)
  const last = told.findLastIndex(({value}) => value !== null)
  const known = first < 0 ? [] : told.slice(first, last + 1)
  return {
    buckets: known.map(({bucket}) => bucket),
    values: known.map(({value}) => value),
    end: known.at(-1)?.bucket.end ?? period.current.end,
  }
}

const numbersOf = ({values}: History) => values.map(value => (value === null ? null : Number(value)))

function natureOf({kind, unit}: Metric): Nature {
  if (kind === 'count' || kind === 'distinct') return 'count'
  return unit.kind === 'share' ? 'share' : 'other'
}

/** What was never below 0 is not expected to be, nor a share that never was, above 1. */
function boundsOf(metric: Metric, {values}: History): {lowest?: number; highest?: number} {
  const known = values.filter(value => value !== null).map(Number)
  return {
    ...(known.every(value => value >= 0) ? {lowest: 0} : {}),
    ...(metric.unit.kind === 'share' && known.every(value => value <= 1) ? {highest: 1} : {}),
  }
}

/** Six digits, which is more than anyone knows of what is to come. */
const estimate = (value: number): Quantity => plainDecimal(Number(value.toPrecision(6)))

function forecastNotes(
  {method, season, accuracy, steps}: Forecast,
  grain: Grain,
  {buckets}: History,
  horizon: number,
): readonly string[] {
  const {origins, mase, smape, naive} = accuracy
  const beaten =
    method === 'naive' || method === 'seasonal naive'
      ? 'Nothing more elaborate did better.'
      : `Repeating ${lastSeason(naive.season, grain)}: ${errorWords(naive)}.`
  const levels = steps[0]?.intervals.map(({level}) => `${level * 100} %`) ?? []
  return [
    `Forecast by ${method}${season > 1 ? `, a season of ${season} ${grain}s` : ''}, from ${buckets.length} whole ${grain}s since ${buckets[0]!.label}. ` +
      `It was chosen by forecasts from ${origins} past moments, up to ${horizon} ${grain}s ahead: ${errorWords({mase, smape})}. ${beaten}`,
    levels.length === 0
      ? 'There are too few past forecasts for an interval.'
      : `The bands of ${levels.join(' and ')} are as wide as these past errors were, and wider by what overlapping forecasts leave unknown${levels.length === 1 ? '; for 95 % there are too few' : ''}.`,
  ]
}

const seasonWords = (season: number, grain: Grain) => {
  const names: Readonly<Record<string, string>> = {
    'hour 24': 'the hour of the day',
    'hour 168': 'the hour of the week',
    'day 7': 'the day of the week',
    'week 52': 'the week of the year',
    'month 12': 'the month of the year',
  }
  return names[`${grain} ${season}`] ?? `a season of ${season} ${grain}s`
}

const lastSeason = (season: number, grain: Grain) => {
  if (season === 1) return `the last ${grain}`
  return `the last ${grain === 'hour' ? (season === 24 ? 'day' : 'week') : grain === 'day' ? 'week' : 'year'}`
}

const errorWords = ({mase, smape}: {mase: number | undefined; smape: number}) =>
  `${mase === undefined ? '' : `MASE ${mase.toFixed(2)}, `}sMAPE ${(smape * 100).toFixed(1)} %`
