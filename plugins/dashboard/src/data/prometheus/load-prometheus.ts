import {type Context, InvalidInputError} from '@omni-ops/core/operation'
import {DuckDBTimestampTZValue} from '@duckdb/node-api'
import {DataSession} from '../data-session.ts'
import type {History} from '../data-needs.ts'
import {UnreadableDataError} from '../errors.ts'
import {quoted} from '../quote.ts'
import {expressionOf, type PrometheusQueries, secondsOf} from './prometheus-queries.ts'
import {PrometheusServer, type Series} from './prometheus-server.ts'

export interface PrometheusRequest {
  readonly address: string
  readonly queries: PrometheusQueries
  readonly history: History | undefined
  /** Whose days are shown; steps must not lie across its midnight. */
  readonly zone: string
}

/** The server answers at most 11,000 points of a series at once. */
const pointsAtOnce = 10_000
const mostRows = 3_000_000
const defaultDays = 30

/**
 * Asks the queries of a file for each step of the periods. A row is of one step, begins with it, and is of one set of
 * labels; where the server has no value there is none, and where it has none of any column there is no row.
 * @throws DataUnavailableError, DataDeniedError, DataQueryError, UnreadableDataError, InvalidInputError
 */
export async function openPrometheus(
  {address, queries, history, zone}: PrometheusRequest,
  context: Pick<Context, 'settings' | 'signal' | 'clock' | 'emit'>,
): Promise<DataSession> {
  const step = secondsOf(queries)
  const until = history?.until === undefined ? context.clock.now().getTime() : Date.parse(history.until)
  const last = Math.floor(until / 1000 / step) * step
  const first = last - Math.ceil(((history?.days ?? defaultDays) * 86_400) / step) * step + step
  assertWholeDays(zone, step, [first, last])
  const server = PrometheusServer.named(address, queries, context)
  const session = await DataSession.open({files: [], signal: context.signal})
  try {
    for (const [table, definition] of Object.entries(queries.tables)) {
      const rows = new StepRows(Object.keys(definition.labels).length, Object.keys(definition.columns).length)
      const labels = Object.values(definition.labels)
      for (const [index, column] of Object.values(definition.columns).entries()) {
        const expression = expressionOf(column, labels, step)
        for (let from = first; from <= last; from += pointsAtOnce * step) {
          const to = Math.min(last, from + (pointsAtOnce - 1) * step)
          // A millisecond before its end: a range has both of its ends, and what begins the next step belongs there.
          const moments = {first: from - 0.001, last: to - 0.001}
          const {series, warnings} = await server.range({expression, ...moments, step})
          for (const warning of warnings) context.emit({type: 'note', level: 'warn', message: `Prometheus: ${warning}`})
          for (const each of series) rows.add(each, labels, index, expression)
        }
      }
      await fill(table, definition, rows, step, session)
    }
    return session
  } catch (error) {
    await session.close()
    throw error
  }
}

type Table = PrometheusQueries['tables'][string]

async function fill(
  table: string,
  {time, labels, columns}: Table,
  rows: StepRows,
  step: number,
  session: DataSession,
): Promise<void> {
  const names = [time, ...Object.keys(labels), ...Object.keys(columns)]
  if (new Set(names).size < names.length) throw new InvalidInputError(`${table} has two columns of one name`)
  const types = [
    'TIMESTAMPTZ',
    ...Object.keys(labels).map(() => 'VARCHAR'),
    ...Object.keys(columns).map(() => 'DOUBLE'),
  ]
  await session.query(
    `CREATE TABLE ${quoted(table)} (${names.map((name, index) => `${quoted(name)} ${types[index]}`).join(', ')})`,
  )
  session.markSampled(table)
  await session.append(table, appender => {
    for (const {moment, values, labels: told} of rows.all()) {
      // The server looks back from a moment, and a page tells what began with one.
      appender.appendTimestampTZ(new DuckDBTimestampTZValue(BigInt(moment - step) * 1_000_000n))
      for (const label of told) {
        if (label === '') appender.appendNull()
        else appender.appendVarchar(label)
      }
      for (const value of values) {
        if (value === undefined) appender.appendNull()
        else appender.appendDouble(value)
      }
      appender.endRow()
    }
  })
}

interface StepRow {
  readonly moment: number
  readonly labels: readonly string[]
  readonly values: (number | undefined)[]
}

/** Rows by their moment and labels, to which each query brings a column. */
class StepRows {
  readonly #rows = new Map<string, StepRow>()
  readonly #labels: number
  readonly #columns: number

  constructor(labels: number, columns: number) {
    this.#labels = labels
    this.#columns = columns
  }

  all(): IterableIterator<StepRow> {
    return this.#rows.values()
  }

  add({metric, values}: Series, labels: readonly string[], column: number, expression: string): void {
    const told = labels.map(label => metric[label] ?? '')
    const extra = Object.keys(metric).filter(name => name !== '__name__' && !labels.includes(name))
    if (extra.length > 0 || told.length !== this.#labels) {
      throw new InvalidInputError(
        `${expression} gives series that differ by ${extra.join(', ')}, which the table lacks`,
        {
          hint: 'aggregate them away, or add them to its labels',
        },
      )
    }
    for (const pair of values) {
      const [moment, text] = pair as [unknown, unknown]
      if (typeof moment !== 'number' || typeof text !== 'string') {
        throw new UnreadableDataError(`${expression} gives a value that is no pair of a time and a number`)
      }
      const value = Number(text)
      // `NaN` and `+Inf` are what Prometheus has for something divided by nothing: no data.
      if (!Number.isFinite(value)) continue
      this.#row(Math.round(moment), told).values[column] = value
    }
  }

  #row(moment: number, labels: readonly string[]): StepRow {
    const key = JSON.stringify([moment, ...labels])
    let row = this.#rows.get(key)
    if (row === undefined) {
      if (this.#rows.size >= mostRows) {
        throw new UnreadableDataError(`Prometheus answers more than ${mostRows} rows for a table`, {
          hint: 'take fewer labels, or a longer step',
        })
      }
      row = {moment, labels, values: Array<number | undefined>(this.#columns).fill(undefined)}
      this.#rows.set(key, row)
    }
    return row
  }
}

/** @throws InvalidInputError where a step would belong to two days, as an hour does in India */
function assertWholeDays(zone: string, step: number, moments: readonly number[]): void {
  const apart = moments.find(moment => offsetOf(zone, moment) % step !== 0)
  if (apart === undefined) return
  throw new InvalidInputError(`Days of ${zone} begin in the middle of a step of ${step / 60} minutes`, {
    hint: 'take a step of 15m',
  })
}

/** Seconds by which clocks of the zone are ahead of UTC at a moment; 0 for a zone that is none, which is told of later. */
function offsetOf(zone: string, moment: number): number {
  try {
    const parts = new Intl.DateTimeFormat('en', {timeZone: zone, timeZoneName: 'longOffset'}).formatToParts(
      moment * 1000,
    )
    const [, sign, hours = '0', minutes = '0'] =
      /GMT([+-])(\d\d):(\d\d)/.exec(parts.find(({type}) => type === 'timeZoneName')?.value ?? '') ?? []
    return sign === undefined ? 0 : (sign === '-' ? -1 : 1) * (Number(hours) * 3600 + Number(minutes) * 60)
  } catch {
    return 0
  }
}
