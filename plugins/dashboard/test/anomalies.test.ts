import {expect, test} from 'vitest'
import {findAnomalies} from '../src/anomaly/find-anomalies.ts'
import {decompose} from '../src/anomaly/seasonal-trend-decomposition.ts'
import type {Nature} from '../src/anomaly/variance-scale.ts'
import {SampleRandom} from '../src/sample/sample-random.ts'
import {maunaLoa} from './support/mauna-loa.ts'

/** Season, trend and weight at some months, by the authors' Fortran, as statsmodels keeps them (stl_test_results.csv). */
const published: Readonly<Record<number, readonly [number, number, number]>> = {
  0: [-0.13125464336066284, 315.55193972532356, 0.94748803176461716],
  1: [0.51706942811097434, 315.6444815723392, 0.88239070760993688],
  27: [2.174323691861511, 317.50317724038814, 0.90864140147557115],
  82: [-1.965338096305221, 320.6946143719202, 0.2651672528703003],
  93: [-3.019292074225553, 321.3859107693884, 0.18203278005122117],
  147: [2.380018523373396, 326.3239396787171, 0.10460030870706755],
}

test('the decomposition is that of its authors’ program', () => {
  const {season, trend, weights} = decompose(maunaLoa, {
    period: 12,
    season: {window: 35, degree: 1, jump: 4},
    trend: {window: 19, degree: 1, jump: 2},
    lowPass: {window: 13, degree: 1, jump: 2},
    robustRounds: 2,
  })
  for (const [month, [ofSeason, ofTrend, weight]] of Object.entries(published)) {
    const at = Number(month)
    expect(season[at]).toBeCloseTo(ofSeason, 9)
    expect(trend[at]).toBeCloseTo(ofTrend, 9)
    expect(weights[at]).toBeCloseTo(weight, 9)
  }
})

const bell = (random: SampleRandom) =>
  Math.sqrt(-2 * Math.log(1 - random.unit())) * Math.cos(2 * Math.PI * random.unit())
const week = [0, 4, 6, 5, 2, -8, -9]
const deviation = 5
/** Days with a week's rhythm and growth, and noise of a bell. */
const noisy = (random: SampleRandom, count: number) =>
  Array.from({length: count}, (_, index) => 100 + 0.2 * index + week[index % 7]! + deviation * bell(random))

/** Knuth's way: how many uniform numbers are multiplied until they are less than e to the minus mean. */
function poisson(random: SampleRandom, mean: number): number {
  let [times, product] = [0, random.unit()]
  while (product > Math.exp(-mean)) {
    times += 1
    product *= random.unit()
  }
  return times
}

const marksOf = (values: readonly (number | null)[], nature: Nature = 'other') =>
  findAnomalies({values, seasons: [7], nature}).steps.flatMap(({anomaly}, index) => (anomaly ? [index] : []))

test.each([
  ['of a bell', 'other', noisy],
  ['of few things counted', 'count', (random: SampleRandom) => Array.from({length: 60}, () => poisson(random, 1.2))],
  ['of many things counted', 'count', (random: SampleRandom) => Array.from({length: 60}, () => poisson(random, 40))],
  [
    'of amounts with a long tail',
    'other',
    (random: SampleRandom) => Array.from({length: 60}, () => random.skewed(50, 0.5, 4)),
  ],
] as const)('noise %s raises an alarm on hardly any chart of 60 days', (_name, nature, make) => {
  const alarms = Array.from({length: 80}, (_, seed) => marksOf(make(new SampleRandom(seed, 'noise'), 60), nature))
  expect(alarms.flat().length / (80 * 60)).toBeLessThan(1 / 1000)
  expect(alarms.filter(each => each.length > 0).length).toBeLessThanOrEqual(3)
})

/** Of each of so many things, whether it happened, counted. */
const happened = (random: SampleRandom, things: number, chance: number) =>
  Array.from({length: things}, () => random.chance(chance)).filter(Boolean).length

/** Shares of days on which there are more or fewer things, by nothing but chance, and where `put` says otherwise. */
function sharesOf(
  random: SampleRandom,
  chance: number,
  things: readonly [number, number],
  put?: readonly [number, number],
) {
  const sizes = Array.from({length: 60}, () => random.whole(...things))
  const values = sizes.map((size, at) => happened(random, size, at === put?.[0] ? put[1] : chance) / size)
  return {values, sizes, seasons: [7], nature: 'share'} as const
}

test.each([
  ['few of some 130 things', 0.03, [100, 160]],
  ['many of some 130 things', 0.3, [100, 160]],
  ['few of 5 to 60 things', 0.1, [5, 60]],
  ['nearly all of some 130 things', 0.995, [100, 160]],
] as const)('chance alone in shares of %s raises an alarm on hardly any chart', (_name, chance, things) => {
  const alarms = Array.from({length: 80}, (_, seed) =>
    findAnomalies(sharesOf(new SampleRandom(seed, 'shares'), chance, things)),
  )
  expect(alarms.filter(({steps}) => steps.some(({anomaly}) => anomaly !== undefined)).length).toBeLessThanOrEqual(2)
})

test.each([
  [0.03, 0.2, 'above'],
  [0.3, 0.6, 'above'],
  [0.95, 0.65, 'below'],
] as const)('a share of %d that is %d on a day is found, %s', (chance, put, anomaly) => {
  const found = Array.from({length: 20}, (_, seed) =>
    findAnomalies(sharesOf(new SampleRandom(seed, 'put'), chance, [100, 160], [41, put])),
  )
  expect(found.filter(({steps}) => steps[41]!.anomaly === anomaly).length).toBeGreaterThanOrEqual(18)
})

test('the fewer things a share is of, the more it may differ by chance', () => {
  const shares = sharesOf(new SampleRandom(4, 'widths'), 0.3, [20, 400])
  const {steps} = findAnomalies(shares)
  const width = (step: number) => steps[step]!.upper - steps[step]!.lower
  const [few, many] = [Math.min(...shares.sizes), Math.max(...shares.sizes)].map(size => shares.sizes.indexOf(size))
  expect(width(few!) / width(many!)).toBeGreaterThan(2)
  steps.forEach(({lower, upper, anomaly}, index) => {
    const value = shares.values[index]!
    expect(anomaly).toBe(value > upper ? 'above' : value < lower ? 'below' : undefined)
  })
})

test('what was put in is found: above and below, in the middle and on the last day', () => {
  let [found, foundLast] = [0, 0]
  const series = 60
  for (let seed = 0; seed < series; seed++) {
    const random = new SampleRandom(seed, 'planted')
    const values = noisy(random, 60)
    const at = random.whole(0, 58)
    const sign = random.chance(0.5) ? 1 : -1
    values[at]! += sign * 10 * deviation
    values[59]! -= sign * 10 * deviation
    const {steps} = findAnomalies({values, seasons: [7], nature: 'other'})
    if (steps[at]!.anomaly === (sign > 0 ? 'above' : 'below')) found += 1
    if (steps[59]!.anomaly === (sign > 0 ? 'below' : 'above')) foundLast += 1
  }
  expect(found / series).toBeGreaterThan(0.95)
  expect(foundLast / series).toBeGreaterThan(0.95)
})

test('a working day of a weekend’s size is unusual, though weekends have it every week', () => {
  const random = new SampleRandom(3, 'weekday')
  const values = Array.from({length: 70}, (_, index) => (index % 7 >= 5 ? 40 : 100) * (1 + 0.04 * bell(random)))
  values[43] = 42
  expect(marksOf(values)).toEqual([43])
})

test('a value is marked exactly where it lies outside of the range that is told', () => {
  const values = noisy(new SampleRandom(8, 'range'), 60)
  values[30]! *= 2
  const {steps} = findAnomalies({values, seasons: [7], nature: 'other'})
  steps.forEach(({lower, upper, anomaly}, index) => {
    const value = values[index]!
    expect(anomaly).toBe(value > upper ? 'above' : value < lower ? 'below' : undefined)
  })
  expect(steps[30]!.anomaly).toBe('above')
})

test('a change that lasts is marked around its beginning at most', () => {
  const random = new SampleRandom(5, 'shift')
  const values = noisy(random, 90).map((value, index) => (index >= 45 ? value + 60 : value))
  expect(marksOf(values).filter(index => index < 38 || index > 52)).toEqual([])
})

test('gaps are no anomalies, and do not hide one', () => {
  const values: (number | null)[] = noisy(new SampleRandom(2, 'gaps'), 60)
  for (const gap of [5, 6, 31]) values[gap] = null
  values[40]! += 12 * deviation
  expect(marksOf(values)).toEqual([40])
})

test.each([
  ['too few steps', [1, 2, 3], 'needs 21 whole steps, and there are 3'],
  ['steps that are all the same', Array<number>(40).fill(5), 'most steps are the same'],
  [
    'mostly gaps',
    Array.from({length: 40}, (_, index) => (index % 2 === 0 ? index : null)),
    '20 of 40 steps have no value',
  ],
])('%s say nothing of what is usual', (_name, values, reason) => {
  expect(() => marksOf(values)).toThrow(reason)
})
