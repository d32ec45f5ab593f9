/**
 * How often what came lies within the bands of forecasts, and how often plain noise is marked as unusual.
 *
 * `npm run bench:dashboard-outlook [-- --series 60] [-- --m4 DIRECTORY]`: simulated series; with `--m4`, series of the M4
 * competition too, from the files `Weekly-train.csv`, `Weekly-test.csv`, `Hourly-train.csv` and `Hourly-test.csv` of
 * https://github.com/Mcompetitions/M4-methods (Makridakis, Spiliotis & Assimakopoulos, International Journal of
 * Forecasting 36(1), 2020), with the steps and seasons that dashboards look back on.
 */
import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {parseArgs} from 'node:util'
import {findAnomalies, type FindAnomaliesOptions} from '../../plugins/dashboard/src/anomaly/find-anomalies.ts'
import {forecast} from '../../plugins/dashboard/src/forecast/forecast.ts'
import {SampleRandom} from '../../plugins/dashboard/src/sample/sample-random.ts'

const {values: flags} = parseArgs({options: {series: {type: 'string', default: '60'}, m4: {type: 'string'}}})
const count = Number(flags.series)
const week = [0, 8, 12, 10, 4, -16, -18]
const bell = (random: SampleRandom) =>
  Math.sqrt(-2 * Math.log(1 - random.unit())) * Math.cos(2 * Math.PI * random.unit())

/** Noise of which a part lasts to the next step. */
function lasting(random: SampleRandom, length: number, part: number): readonly number[] {
  let drift = 0
  return Array.from({length}, () => (drift = part * drift + 4 * bell(random)))
}

const weekly = (noise: readonly number[], growth: number) =>
  noise.map((each, index) => 200 + growth * index + week[index % 7]! + each)

const simulated: Readonly<Record<string, (random: SampleRandom, length: number) => readonly number[]>> = {
  'noise of a bell': (random, length) => weekly(lasting(random, length, 0), 0.3),
  'noise that lasts, 0.4': (random, length) => weekly(lasting(random, length, 0.4), 0.3),
  'noise that lasts, 0.8': (random, length) => weekly(lasting(random, length, 0.8), 0),
  'a random walk': (random, length) => lasting(random, length, 1).map(each => 500 + each),
  'noise with long tails': (random, length) =>
    Array.from({length}, (_, index) => (200 + week[index % 7]!) * Math.exp(0.25 * bell(random))),
}

interface Held {
  readonly past: readonly number[]
  readonly future: readonly number[]
  readonly seasons: readonly number[]
}

/** The share of steps within each band, in per cent. */
function coverage(series: readonly Held[]): string {
  const within = new Map<number, {inside: number; steps: number}>()
  for (const {past, future, seasons} of series) {
    const {steps} = forecast({values: past, horizon: future.length, seasons})
    for (const [index, {intervals}] of steps.entries()) {
      for (const {level, lower, upper} of intervals) {
        const found = within.get(level) ?? {inside: 0, steps: 0}
        within.set(level, found)
        found.steps += 1
        if (future[index]! >= lower && future[index]! <= upper) found.inside += 1
      }
    }
  }
  return [...within]
    .map(([level, {inside, steps}]) => `${level * 100} %: ${((100 * inside) / steps).toFixed(1)}`)
    .join('  ')
}

for (const [length, horizon] of [
  [70, 7],
  [160, 14],
] as const) {
  for (const [name, make] of Object.entries(simulated)) {
    const series = Array.from({length: count}, (_, seed): Held => {
      const all = make(new SampleRandom(seed + 1, name), length + horizon)
      return {past: all.slice(0, length), future: all.slice(length), seasons: [7]}
    })
    process.stdout.write(`${name}, ${length} steps and ${horizon} ahead, ${count} series: ${coverage(series)}\n`)
  }
}

/** Rows of numbers, without their first line and first column. */
function rowsOf(file: string): readonly (readonly number[])[] {
  const [, ...lines] = readFileSync(file, 'utf8').trim().split('\n')
  const cells = (line: string) =>
    line
      .trim()
      .split(',')
      .slice(1)
      .map(cell => cell.replaceAll('"', ''))
  return lines.map(line =>
    cells(line)
      .filter(cell => cell !== '')
      .map(Number),
  )
}

if (flags.m4 !== undefined) {
  for (const {set, length, horizon, season, every} of [
    {set: 'Weekly', length: 80, horizon: 13, season: 52, every: 3},
    {set: 'Weekly', length: 260, horizon: 13, season: 52, every: 5},
    {set: 'Hourly', length: 240, horizon: 24, season: 24, every: 8},
  ]) {
    const future = rowsOf(join(flags.m4, `${set}-test.csv`))
    const series = rowsOf(join(flags.m4, `${set}-train.csv`)).flatMap((all, index): readonly Held[] =>
      index % every !== 0 || all.length < length
        ? []
        : [{past: all.slice(-length), future: future[index]!.slice(0, horizon), seasons: [season]}],
    )
    process.stdout.write(
      `M4 ${set}, the last ${length} steps and ${horizon} ahead, ${series.length} series: ${coverage(series)}\n`,
    )
  }
}

/** Of how many things of which each happens or not with a chance. */
function binomial(random: SampleRandom, things: number, chance: number): number {
  return Array.from({length: things}, () => (random.unit() < chance ? 1 : 0)).reduce<number>(
    (sum, each) => sum + each,
    0,
  )
}

const noise: Readonly<Record<string, (random: SampleRandom) => Omit<FindAnomaliesOptions, 'seasons'>>> = {
  'amounts of a bell': random => ({
    values: Array.from({length: 60}, (_, index) => 100 + week[index % 7]! / 2 + 5 * bell(random)),
    nature: 'other',
  }),
  'shares of some 130 things, 3 %': random => shares(random, 0.03, () => 100 + random.whole(0, 60)),
  'shares of some 130 things, 30 %': random => shares(random, 0.3, () => 100 + random.whole(0, 60)),
  'shares of 5 to 60 things, 10 %': random => shares(random, 0.1, () => random.whole(5, 60)),
  'shares of some 2000 things, 1 %': random => shares(random, 0.01, () => 1500 + random.whole(0, 1000)),
  'shares of some 130 things, 99.5 %': random => shares(random, 0.995, () => 100 + random.whole(0, 60)),
}

function shares(random: SampleRandom, chance: number, things: () => number): Omit<FindAnomaliesOptions, 'seasons'> {
  const sizes = Array.from({length: 60}, things)
  return {values: sizes.map(size => binomial(random, size, chance) / size), nature: 'share'}
}

for (const [name, make] of Object.entries(noise)) {
  let [charts, marked, refused] = [0, 0, 0]
  for (let seed = 1; seed <= 400; seed++) {
    try {
      const {steps} = findAnomalies({...make(new SampleRandom(seed, name)), seasons: [7]})
      charts += 1
      if (steps.some(({anomaly}) => anomaly !== undefined)) marked += 1
    } catch {
      refused += 1
    }
  }
  process.stdout.write(`${name}: of ${charts} charts ${marked} have a mark (${refused} say that nothing is usual)\n`)
}
