import {existsSync, readFileSync} from 'node:fs'
import {randomBytes} from 'node:crypto'
import {join, resolve} from 'node:path'
import {concentratedEpsilon, rhoFor} from '../../plugins/privacy/src/differential-privacy/accountant.ts'
import {ExactSampler} from '../../plugins/privacy/src/differential-privacy/exact-sampling.ts'
import {divide, multiply, type Rational, rationalFrom} from '../../plugins/privacy/src/differential-privacy/rational.ts'

/*
 * The distribution tests of Google's differential privacy library on our noise, a million samples each, and the σ of
 * its accountant: `node test/bench/privacy-dp.ts [CASES]`, with the parameters in `$OMNI_SHARED_DATA/privacy/dp`.
 * CASES is a number: only so many of each distribution.
 *
 * A right mechanism passes one run with a probability of at least 0.9, so a case that fails is decided by a majority of
 * nine, as the parameters prescribe. The same noise for a sensitivity 1.2 times too small has to be rejected.
 */

const root = resolve(import.meta.dirname, '../..')
const directory = join(process.env.OMNI_SHARED_DATA ?? resolve(root, '../shared/data'), 'privacy/dp')

interface Case {
  readonly distribution: 'laplace' | 'gaussian'
  readonly name: string
  readonly variance: string
  readonly tolerance: number
  readonly granularity: string
  readonly samples: number
}

/** Cases that differ in the input alone are one: our noise does not depend on it. */
function casesOf(distribution: Case['distribution'], most: number): Case[] {
  const text = readFileSync(join(directory, `${distribution}_closeness_test_cases.textproto`), 'utf8')
  const blocks = text.split('distribution_closeness_test_case {').slice(1)
  const all = blocks.map((block): Case => {
    const field = (name: string) => new RegExp(`\\b${name}: "?([^"\\n]+?)"?\\s*\\n`).exec(block)?.[1] as string
    return {
      distribution,
      name: field('name'),
      variance: field('variance'),
      tolerance: Number(field('l2_tolerance')),
      granularity: field('granularity'),
      samples: Number(field('number_of_samples')),
    }
  })
  const different = all.filter(
    (each, index) =>
      all.findIndex(other => other.variance === each.variance && other.granularity === each.granularity) === index,
  )
  return different.slice(0, most)
}

/** An odd number, so that no sample lies between two cells of the histogram. */
const stepsPerCell = 15n
const sampler = new ExactSampler({bytes: count => randomBytes(count)})

/** Our noise, on a grid finer than the cells, as histogram over cells; its sensitivity divided by `shrink`. */
function ours({distribution, variance, granularity, samples}: Case, shrink: Rational): Map<number, number> {
  const step = divide(rationalFrom(granularity), {numerator: stepsPerCell, denominator: 1n})
  const shrunk = divide(rationalFrom(variance), multiply(shrink, shrink))
  const inSteps = divide(shrunk, multiply(step, step))
  const scale = laplaceScale(inSteps)
  return histogram(samples, () => {
    const noise = distribution === 'laplace' ? sampler.discreteLaplace(scale) : sampler.discreteGaussian(inSteps)
    return Math.round(Number(noise) / Number(stepsPerCell))
  })
}

/** b of a variance 2b², to sixteen digits. */
function laplaceScale({numerator, denominator}: Rational): Rational {
  const scale = Math.sqrt(Number(numerator) / Number(denominator) / 2)
  return rationalFrom(scale.toPrecision(16))
}

/** Samples of the continuous distribution, by textbook formulas on doubles. */
function theirs({distribution, variance, granularity, samples}: Case): Map<number, number> {
  const deviation = Math.sqrt(Number(variance)) / Number(granularity)
  return histogram(samples, () => {
    const uniform = 1 - Math.random()
    if (distribution === 'laplace') {
      return Math.round(((Math.random() < 0.5 ? -1 : 1) * deviation * -Math.log(uniform)) / Math.SQRT2)
    }
    return Math.round(deviation * Math.sqrt(-2 * Math.log(uniform)) * Math.cos(2 * Math.PI * Math.random()))
  })
}

function histogram(samples: number, draw: () => number): Map<number, number> {
  const counts = new Map<number, number>()
  for (let each = 0; each < samples; each++) {
    const cell = draw()
    counts.set(cell, (counts.get(cell) ?? 0) + 1)
  }
  return counts
}

/**
 * The collision test of closeness in L2 (Diakonikolas, Gouleakis, Peebles, Price, Collision-Based Testers Are Optimal for
 * Uniformity and Closeness, 2019), with the threshold that the parameters are calibrated for: (τ(n − 1))(τn) / 4.
 */
function close(left: Map<number, number>, right: Map<number, number>, {tolerance, samples}: Case): boolean {
  const pairs = (counts: Map<number, number>) =>
    [...counts.values()].reduce((sum, count) => sum + (count * (count - 1)) / 2, 0)
  let crossing = 0
  for (const [cell, count] of left) crossing += count * (right.get(cell) ?? 0)
  const statistic = pairs(left) + pairs(right) - ((samples - 1) / samples) * crossing
  return statistic < (tolerance * (samples - 1) * (tolerance * samples)) / 4
}

const one = rationalFrom('1')
const tooSmall = rationalFrom('1.2')
const votes = 9

/** The outcome of one run if it is the expected one, otherwise that of a majority of nine. */
function decide(each: Case, shrink: Rational, expected: boolean): {readonly accepted: boolean; readonly runs: number} {
  const run = () => close(ours(each, shrink), theirs(each), each)
  if (run() === expected) return {accepted: expected, runs: 1}
  const asExpected = Array.from({length: votes - 1}, run).filter(outcome => outcome === expected).length
  return {accepted: asExpected > votes / 2 ? expected : !expected, runs: votes}
}

if (!existsSync(directory)) {
  process.stderr.write(`skipped: ${directory} is missing (set OMNI_SHARED_DATA)\n`)
} else {
  const most = Number(process.argv[2] ?? Number.POSITIVE_INFINITY)
  process.stdout.write(
    '| distribution | case | right | runs | sensitivity / 1.2 | runs | s |\n|---|---|---|---:|---|---:|---:|\n',
  )
  const results = [...casesOf('laplace', most), ...casesOf('gaussian', most)].map(each => {
    const start = performance.now()
    const right = decide(each, one, true)
    const wrong = decide(each, tooSmall, false)
    const seconds = (performance.now() - start) / 1000
    const cells = [
      each.distribution,
      each.name,
      right.accepted ? 'accepted' : 'REJECTED',
      right.runs,
      wrong.accepted ? 'ACCEPTED' : 'rejected',
      wrong.runs,
      seconds.toFixed(0),
    ]
    process.stdout.write(`| ${cells.join(' | ')} |\n`)
    return {...each, right, wrong, seconds}
  })
  const sigma = 1 / Math.sqrt(2 * rhoFor(1, 1e-6))
  process.stdout.write(
    `\nσ for ε = 1, δ = 1e-6: ${sigma.toFixed(9)} (published 4.530877117; ε at that σ ${concentratedEpsilon(1 / (2 * 4.530877117 ** 2), 1e-6).toFixed(9)})\n`,
  )
  process.stdout.write(`${JSON.stringify(results)}\n`)
  if (results.some(({right, wrong}) => !right.accepted || wrong.accepted)) process.exitCode = 1
}
