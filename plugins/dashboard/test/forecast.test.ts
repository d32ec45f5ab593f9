import fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import {project, smooth, type SmoothingModel, type SmoothingParameters} from '../src/forecast/exponential-smoothing.ts'
import {fitSmoothing} from '../src/forecast/fit-smoothing.ts'
import {effectiveErrors, wideningOf} from '../src/forecast/effective-errors.ts'
import {forecast} from '../src/forecast/forecast.ts'
import {candidateMethods} from '../src/forecast/forecast-method.ts'
import {conformalWidth} from '../src/forecast/prediction-interval.ts'
import {rollingOrigin} from '../src/forecast/rolling-origin.ts'
import {SampleRandom} from '../src/sample/sample-random.ts'

/** Of the worked examples in Hyndman & Athanasopoulos, Forecasting: Principles and Practice, 1st ed., chapter 7. */
const oil = [
  446.6565229, 454.4733065, 455.662974, 423.6322388, 456.2713279, 440.5880501, 425.3325201, 485.1494479, 506.0481621,
  526.7919833, 514.268889, 494.2110193,
]
const airPassengers = [
  17.5534, 21.8601, 23.8866, 26.9293, 26.8885, 28.8314, 30.0751, 30.9535, 30.1857, 31.5797, 32.577569, 33.477398,
  39.021581, 41.386432, 41.596552,
]
const livestock = [
  263.917747, 268.307222, 260.662556, 266.639419, 277.515778, 283.834045, 290.309028, 292.474198, 300.830694,
  309.286657, 318.331081, 329.37239, 338.883998, 339.244126, 328.600632, 314.255385, 314.459695, 321.413779, 329.789292,
  346.385165, 352.297882, 348.370515, 417.562922, 417.12357, 417.749459, 412.233904, 411.946817, 394.697075, 401.49927,
  408.270468, 414.2428,
]
const level: SmoothingModel = {trend: 'none', season: 'none', period: 1}
const damped: SmoothingModel = {trend: 'damped', season: 'none', period: 1}

describe('published examples', () => {
  test('oil in Saudi Arabia: simple smoothing has alpha 0.892 and forecasts 496.49', () => {
    const {parameters, initial} = fitSmoothing(oil, level)
    expect(parameters.alpha).toBeCloseTo(0.892, 3)
    expect(project(smooth(oil, level, parameters, initial).state, level, parameters, 1)[0]).toBeCloseTo(496.49, 1)
  })

  test('passengers by air in Australia: Holt’s trend with alpha 0.8 and beta* 0.2', () => {
    const parameters = {alpha: 0.8, beta: 0.2, gamma: 0, phi: 1}
    const [first, second] = airPassengers as [number, number]
    const {state} = smooth(airPassengers, damped, parameters, {level: first, slope: second - first, season: []})
    const ahead = project(state, damped, parameters, 5).map(value => value.toFixed(2))
    expect(ahead).toEqual(['43.76', '45.59', '47.43', '49.27', '51.10'])
  })

  test('sheep in Asia: the damped trend that fits best has a squared error of 6036.56', () => {
    const {parameters, initial, squaredError} = fitSmoothing(livestock, damped)
    expect(squaredError).toBeLessThan(6036.56 * 1.00002)
    expect(parameters.alpha).toBeCloseTo(0.98, 2)
    expect(parameters.beta).toBeCloseTo(0, 3)
    expect(parameters.phi).toBeCloseTo(0.98, 3)
    expect(initial.level).toBeCloseTo(257.36, 1)
    expect(initial.slope).toBeCloseTo(6.64, 1)
  })
})

/** The equations as the book prints them, level, trend and season each by themselves (FPP3, sections 8.2 and 8.3). */
function componentForm(
  values: readonly number[],
  {season, period}: SmoothingModel,
  {alpha, beta, gamma, phi}: SmoothingParameters,
  start: {level: number; slope: number; season: readonly number[]},
  horizon: number,
): readonly number[] {
  let [l, b] = [start.level, start.slope]
  const s = [...start.season]
  for (const y of values) {
    const before = s[s.length - period]!
    const trended = l + phi * b
    const next = alpha * (season === 'additive' ? y - before : y / before) + (1 - alpha) * trended
    b = beta * (next - l) + (1 - beta) * phi * b
    s.push(gamma * (season === 'additive' ? y - trended : y / trended) + (1 - gamma) * before)
    l = next
  }
  return Array.from({length: horizon}, (_, index) => {
    const sum = Array.from({length: index + 1}, (__, power) => phi ** (power + 1)).reduce((one, other) => one + other)
    const factor = s[s.length - period + (index % period)]!
    return season === 'additive' ? l + sum * b + factor : (l + sum * b) * factor
  })
}

test.each(['additive', 'multiplicative'] as const)(
  'Holt-Winters with a damped trend and %s season is that of the book',
  season => {
    const share = fc.double({min: 0.01, max: 0.99, noNaN: true})
    const value = fc.double({min: 50, max: 150, noNaN: true})
    fc.assert(
      fc.property(fc.array(value, {minLength: 1, maxLength: 40}), share, share, share, share, (values, a, b, g, p) => {
        const parameters = {alpha: a, beta: b, gamma: g * (1 - a), phi: p}
        const model: SmoothingModel = {trend: 'damped', season, period: 4}
        const factors = season === 'additive' ? [3, -4, 2, -1] : [1.03, 0.96, 1.02, 0.99]
        const start = {level: 100, slope: 0.5, season: factors}
        const made = project(smooth(values, model, parameters, start).state, model, parameters, 9)
        const book = componentForm(values, model, parameters, start, 9)
        made.forEach((each, index) => expect(Math.abs(each - book[index]!)).toBeLessThan(1e-6 * (1 + Math.abs(each))))
      }),
    )
  },
)

test('intervals are as wide as past errors were, and are not given for fewer than they need', () => {
  const errors = Array.from({length: 19}, (_, index) => (index % 2 === 0 ? -index : index))
  expect(conformalWidth(errors, 0.95)).toBe(18)
  expect(conformalWidth(errors.slice(1), 0.95)).toBeUndefined()
  expect(conformalWidth(errors, 0.8)).toBe(15)
  expect(conformalWidth([1, -2, 3, -4], 0.8)).toBe(4)
  expect(conformalWidth([1, -2, 3], 0.8)).toBeUndefined()
})

/** A bell, of two uniform numbers (Box & Muller). */
const bell = (random: SampleRandom) =>
  Math.sqrt(-2 * Math.log(1 - random.unit())) * Math.cos(2 * Math.PI * random.unit())
const week = [0, 8, 12, 10, 4, -16, -18]

test('errors that share steps count for fewer, and bands are wider by what they leave unknown', () => {
  const random = new SampleRandom(7, 'errors')
  const alone = Array.from({length: 400}, () => bell(random))
  expect(effectiveErrors(alone, 1)).toBeGreaterThan(380)
  expect(effectiveErrors(alone, 7)).toBeGreaterThan(380)
  const sums = alone.slice(6).map((_, index) => alone.slice(index, index + 7).reduce((one, other) => one + other))
  // Sums of seven: ρₖ = 1 − k/7, so that 1 + 2 Σ ρₖ² is 4.71.
  expect(sums.length / effectiveErrors(sums, 7)).toBeGreaterThan(4)
  expect(sums.length / effectiveErrors(sums, 7)).toBeLessThan(5.6)
  expect(effectiveErrors([0, 0, 0, 0], 2)).toBe(4)
  // Printed quantiles of Student’s t: 2.228, 3.182 and 1.372, each by that of the normal distribution.
  expect(wideningOf(10, 0.95) * 1.959964).toBeCloseTo(2.228, 2)
  expect(wideningOf(3, 0.95) * 1.959964).toBeCloseTo(3.182, 1)
  expect(wideningOf(10, 0.8) * 1.281552).toBeCloseTo(1.372, 2)
  expect(wideningOf(10_000, 0.95)).toBeCloseTo(1, 3)
})

test('bands are of many more past moments where there are many more', () => {
  const {accuracy} = forecast({values: days(3, 240), horizon: 7, seasons: [7]})
  expect(accuracy.origins).toBe(120)
  expect(forecast({values: days(3, 70), horizon: 7, seasons: [7]}).accuracy.origins).toBe(46)
})

/** Days with a week's rhythm, growth, and noise of which a part lasts to the next day. */
function days(seed: number, count: number, lasting = 0.4): readonly number[] {
  const random = new SampleRandom(seed, 'forecast test')
  let drift = 0
  return Array.from({length: count}, (_, index) => {
    drift = lasting * drift + 4 * bell(random)
    return 200 + 0.3 * index + week[index % 7]! + drift
  })
}

test('what came lies within the intervals about as often as they say', () => {
  const inside = {0.8: 0, 0.95: 0}
  let steps = 0
  for (let seed = 61; seed <= 80; seed++) {
    const all = days(seed, 77)
    const made = forecast({values: all.slice(0, 70), horizon: 7, seasons: [7]})
    for (const [index, {intervals}] of made.steps.entries()) {
      steps += 1
      for (const {level: each, lower, upper} of intervals) {
        if (all[70 + index]! >= lower && all[70 + index]! <= upper) inside[each] += 1
      }
    }
  }
  expect(inside[0.8] / steps).toBeGreaterThan(0.7)
  expect(inside[0.8] / steps).toBeLessThan(0.9)
  expect(inside[0.95] / steps).toBeGreaterThan(0.88)
})

test('it is better than repeating the last week where there is more to know, and never chosen to be worse', () => {
  for (const seed of [1, 2, 3]) {
    const {accuracy, method, season} = forecast({values: days(seed, 80, 0), horizon: 7, seasons: [7]})
    expect([seed, method, season]).toEqual([seed, expect.stringContaining('Holt-Winters'), 7])
    expect(accuracy.mase! / accuracy.naive.mase!).toBeLessThan(0.9)
  }
  const random = new SampleRandom(9, 'walk')
  let at = 500
  const walk = Array.from({length: 60}, () => (at += bell(random)))
  const {accuracy} = forecast({values: walk, horizon: 5, seasons: [7]})
  expect(accuracy.mase!).toBeLessThanOrEqual(accuracy.naive.mase!)
})

test('no forecast of the past sees a value of its future', () => {
  const values = days(4, 60)
  const changed = values.map((value, index) => (index >= 50 ? value * 3 : value))
  for (const method of candidateMethods([7], true)) {
    const [one, other] = [values, changed].map(each =>
      rollingOrigin(each.slice(0, 52), method, {horizon: 2, first: 45, season: 7}),
    )
    // Errors one step ahead of the steps from 45 to 49.
    expect([method.name, other!.errors[0]!.slice(0, 5)]).toEqual([method.name, one!.errors[0]!.slice(0, 5)])
    expect(other!.errors[0]![5]).not.toBe(one!.errors[0]![5])
  }
})

describe('what there is too little of is refused or left out, with the reason', () => {
  test('too few steps', () => {
    expect(() => forecast({values: days(1, 15), horizon: 7, seasons: [7]})).toThrow(
      'a forecast needs 20 whole steps, and there are 15',
    )
  })

  test('too many steps without a value', () => {
    const values = days(1, 40).map((value, index) => (index % 3 === 0 ? null : value))
    expect(() => forecast({values, horizon: 5, seasons: [7]})).toThrow('14 of 40 steps have no value')
  })

  test('a season of which there are not two, and an interval for which there are too few past errors', () => {
    const {season, steps} = forecast({values: days(1, 24), horizon: 7, seasons: [7, 28]})
    expect(season).toBe(7)
    expect(steps[0]!.intervals.map(each => each.level)).toEqual([0.8])
    expect(forecast({values: days(1, 22), horizon: 7, seasons: [7]}).season).toBe(1)
  })
})

test('a few steps without a value are stepped over', () => {
  const values = days(5, 70)
  const gaps = values.map((value, index) => ([20, 21, 44].includes(index) ? null : value))
  const [whole, gapped] = [values, gaps].map(each => forecast({values: each, horizon: 7, seasons: [7]}))
  gapped!.steps.forEach(({value}, index) => expect(Math.abs(value / whole!.steps[index]!.value - 1)).toBeLessThan(0.05))
})

test('what cannot be below 0 is not forecast to be, and intervals widen', () => {
  const values = Array.from({length: 60}, (_, index) => Math.max(0, 60 - index))
  const {steps} = forecast({values, horizon: 14, seasons: [7], lowest: 0})
  for (const {value, intervals} of steps) {
    expect(value).toBeGreaterThanOrEqual(0)
    for (const {lower, upper} of intervals) expect([lower >= 0, upper >= value]).toEqual([true, true])
  }
  const {steps: wide} = forecast({values: days(6, 80), horizon: 14, seasons: [7]})
  const widths = wide.map(({intervals}) => intervals[1]!.upper - intervals[1]!.lower)
  widths.slice(1).forEach((width, index) => expect(width).toBeGreaterThanOrEqual(widths[index]! - 1e-9))
})

test('what never changes is forecast not to, without a scaled error', () => {
  const {steps, accuracy} = forecast({values: Array(40).fill(7), horizon: 3, seasons: [7]})
  expect(steps.map(({value}) => Number(value.toFixed(6)))).toEqual([7, 7, 7])
  expect(accuracy.mase).toBeUndefined()
})
