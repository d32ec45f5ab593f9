import {SampleRandom} from './sample-random.ts'

export type SampleValue = string | number | boolean | null
export type SampleRow = Readonly<Record<string, SampleValue>>

/** The columns of a table, with what they hold: `text`, `BIGINT`… as DuckDB calls types. */
export type SampleColumns = Readonly<
  Record<string, 'VARCHAR' | 'BIGINT' | 'DOUBLE' | 'BOOLEAN' | 'DATE' | 'TIMESTAMPTZ'>
>

export interface SampleTable {
  readonly columns: SampleColumns
  readonly rows: Iterable<SampleRow>
}

/** The last moment that sample data tell of, unless another is asked for: in the middle of a day, a week and a month. */
export const sampleEnd = '2026-06-18T14:37:00Z'

const day = 86_400_000

export interface SampleOptions {
  readonly seed: number
  /** Milliseconds since 1970. */
  readonly end: number
  readonly days: number
}

export interface EventRhythm {
  readonly perDay: number
  /** How much more there is on the last day than on the first, as a share. */
  readonly growth?: number
  /** How much of a working day's a day of the weekend has. */
  readonly weekend?: number
  /** How many times as much happened on a day, by how many days before the last one it was. */
  readonly unusual?: Readonly<Record<number, number>>
}

/** Things that happen: more by day than by night, in order of time, until the very end. */
export function* events(
  stream: string,
  {perDay, growth = 0, weekend = 1, unusual = {}}: EventRhythm,
  {seed, end, days}: SampleOptions,
  row: (at: string, random: SampleRandom, number: number) => SampleRow,
): Generator<SampleRow> {
  const random = new SampleRandom(seed, stream)
  const first = startOfDay(end) - (days - 1) * day
  let number = 0
  for (let index = 0; index < days; index++) {
    const start = first + index * day
    const isWeekend = [0, 6].includes(new Date(start).getUTCDay())
    const usual = perDay * (1 + (growth * index) / days) * (isWeekend ? weekend : 1) * (0.85 + 0.3 * random.unit())
    const expected = usual * (unusual[days - 1 - index] ?? 1)
    const times = Array.from({length: Math.round(expected)}, () => start + timeOfDay(random)).toSorted((a, b) => a - b)
    for (const time of times) {
      if (time > end) continue
      number += 1
      yield row(new Date(time).toISOString(), random, number)
    }
  }
}

/** The state of each thing on each day, from the first to the last whole one. */
export function* dailyStates(
  stream: string,
  {seed, end, days}: SampleOptions,
  rows: (date: string, progress: number, random: SampleRandom) => Iterable<SampleRow>,
): Generator<SampleRow> {
  const random = new SampleRandom(seed, stream)
  const first = startOfDay(end) - days * day
  for (let index = 0; index < days; index++) {
    const date = new Date(first + index * day).toISOString().slice(0, 10)
    yield* rows(date, index / days, random)
  }
}

/** What is measured at every so many minutes. */
export function* samples(
  stream: string,
  everyMinutes: number,
  {seed, end, days}: SampleOptions,
  rows: (at: string, hour: number, random: SampleRandom) => Iterable<SampleRow>,
): Generator<SampleRow> {
  const random = new SampleRandom(seed, stream)
  const first = startOfDay(end) - (days - 1) * day
  for (let time = first; time <= end; time += everyMinutes * 60_000) {
    const at = new Date(time)
    yield* rows(at.toISOString(), at.getUTCHours(), random)
  }
}

/** How many days before the last one a moment was, both in UTC: 0 on the last. */
export const daysBefore = (end: number, at: string) => (startOfDay(end) - startOfDay(Date.parse(at))) / day

const startOfDay = (time: number) => Math.floor(time / day) * day

/** Milliseconds since midnight: the mean of three uniform numbers lies around noon, and a few happen at night. */
function timeOfDay(random: SampleRandom): number {
  const around = (random.unit() + random.unit() + random.unit()) / 3
  return Math.floor((random.chance(0.15) ? random.unit() : around) * day)
}
