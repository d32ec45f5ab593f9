import type {Randomness} from '@omni-ops/core/operation'
import type {TableSource} from '../table/table-source.ts'
import type {Expenditure} from './accountant.ts'
import {boundedPartitions, boundedValues} from './contributions.ts'
import {ExactSampler} from './exact-sampling.ts'
import {divide, multiply, type Rational, rational, rationalBelow, round, toDecimal, toNumber} from './rational.ts'
import type {ReleasePlan} from './release-request.ts'

/** A differentially private answer. It holds nothing that was not noised or known before. */
export interface Release {
  /** One value, or one for each partition; decimals on the grid of the resolution. */
  readonly values: readonly {readonly partition?: string; readonly value: string}[]
  readonly noise: NoiseDescription
}

/** The noise, which does not depend on the data and is no secret. */
export interface NoiseDescription {
  readonly distribution: 'discrete Laplace' | 'discrete Gaussian' | 'exponential mechanism'
  /** Scale b of Laplace noise or σ of Gaussian noise, in the units of the result; absent where there is no such scale. */
  readonly scale?: number
  /** The noise is within ± this with a probability of 95 %. */
  readonly within95?: number
  /** Private partitions with a noised count below this are not shown. */
  readonly threshold?: number
}

/**
 * Answers a planned question. The budget has to be debited before. Neighbouring tables differ by all rows of one
 * person. Throws TableError.
 */
export async function release(
  source: TableSource,
  plan: ReleasePlan,
  random: Pick<Randomness, 'bytes'>,
  signal?: AbortSignal,
): Promise<Release> {
  const sampler = new ExactSampler(random)
  const {question} = plan.request
  if (question.kind === 'histogram') {
    const counts = await boundedPartitions(source, question.column, plan, random.bytes(32), signal)
    return histogram(counts, plan, sampler)
  }
  const values = await boundedValues(source, plan, sampler, signal)
  switch (question.kind) {
    case 'count':
    case 'sum':
      return total(values, plan, sampler)
    case 'mean':
      return mean(values, plan, sampler)
    case 'quantile':
      return quantile(values, plan, sampler)
  }
}

/** What the noise of a plan is like; for a dry run. */
export function noiseOf(plan: ReleasePlan): NoiseDescription {
  const {question, maxPartitions} = plan.request
  switch (question.kind) {
    case 'count':
    case 'sum':
      return described(noiseFor(plan, totalSensitivity(plan)), {resolution: totalStep(plan)})
    case 'mean':
      return {distribution: plan.request.mechanism === 'laplace' ? 'discrete Laplace' : 'discrete Gaussian'}
    case 'quantile':
      return {distribution: 'exponential mechanism'}
    case 'histogram': {
      const noise = partitionNoise(plan, maxPartitions)
      const threshold = question.partitions === undefined ? {threshold: Number(thresholdOf(noise, plan))} : {}
      return {...described(noise, {resolution: rational(1n)}), ...threshold}
    }
  }
}

/** Noise in steps of a grid: a Laplace scale or a Gaussian variance. */
type Noise =
  {readonly kind: 'laplace'; readonly scale: Rational} | {readonly kind: 'gaussian'; readonly variance: Rational}

/** Calibrated to how far one person can move a result, for a share of what the plan costs. */
function noiseFor(plan: ReleasePlan, sensitivity: bigint, share = rational(1n)): Noise {
  const price = noisePrice(plan)
  const distance = rational(sensitivity)
  if (price.kind === 'pure') return {kind: 'laplace', scale: divide(distance, multiply(price.epsilon, share))}
  return {
    kind: 'gaussian',
    variance: divide(multiply(distance, distance), multiply(multiply(price.rho, share), rational(2n))),
  }
}

/** One person changes at most P counts by one each: L1 distance P, squared L2 distance P. */
function partitionNoise(plan: ReleasePlan, partitions: number): Noise {
  const price = noisePrice(plan)
  if (price.kind === 'pure') return {kind: 'laplace', scale: divide(rational(BigInt(partitions)), price.epsilon)}
  return {kind: 'gaussian', variance: divide(rational(BigInt(partitions)), multiply(price.rho, rational(2n)))}
}

function noisePrice({expenditures}: ReleasePlan): Exclude<Expenditure, {readonly kind: 'failure'}> {
  return expenditures[0] as Exclude<Expenditure, {readonly kind: 'failure'}>
}

function sample(noise: Noise, sampler: ExactSampler): bigint {
  return noise.kind === 'laplace' ? sampler.discreteLaplace(noise.scale) : sampler.discreteGaussian(noise.variance)
}

function described(noise: Noise, {resolution}: Pick<ReleasePlan, 'resolution'>): NoiseDescription {
  const step = toNumber(resolution)
  if (noise.kind === 'laplace') {
    const scale = toNumber(noise.scale) * step
    return {distribution: 'discrete Laplace', scale, within95: scale * Math.log(20)}
  }
  const scale = Math.sqrt(toNumber(noise.variance)) * step
  return {distribution: 'discrete Gaussian', scale, within95: scale * 1.959963984540054}
}

function total(values: readonly bigint[], plan: ReleasePlan, sampler: ExactSampler): Release {
  const noise = noiseFor(plan, totalSensitivity(plan))
  const sum = values.reduce((so, value) => so + value, 0n) + sample(noise, sampler)
  return {values: [{value: inUnits(sum, totalStep(plan))}], noise: noiseOf(plan)}
}

/** Rows are counted by one, whatever the resolution of values. */
function totalStep({request, resolution}: ReleasePlan): Rational {
  return request.question.kind === 'count' ? rational(1n) : resolution
}

/** The most that one person's rows add to a count or to a sum of bounded values. */
function totalSensitivity({request, bounds: {lower, upper}}: ReleasePlan): bigint {
  const rows = BigInt(request.maxRows)
  if (request.question.kind === 'count') return rows
  const [low, high] = [lower < 0n ? -lower : lower, upper < 0n ? -upper : upper]
  return rows * (low > high ? low : high)
}

/**
 * Half of the price goes to the count, half to the sum of distances from the middle of the bounds, which one row
 * moves by half their width only (Li, Lyu, Su, Yang, Differential Privacy: From Theory to Practice, 2016). Distances
 * are doubled, so that the middle is on the grid.
 */
function mean(values: readonly bigint[], plan: ReleasePlan, sampler: ExactSampler): Release {
  const {
    bounds: {lower, upper},
    request,
    resolution,
  } = plan
  const rows = BigInt(request.maxRows)
  const half = rational(1n, 2n)
  const countNoise = noiseFor(plan, rows, half)
  const sumNoise = noiseFor(plan, rows * (upper - lower), half)
  const noisedCount = BigInt(values.length) + sample(countNoise, sampler)
  const count = noisedCount < 1n ? 1n : noisedCount
  const doubled = values.reduce((so, value) => so + 2n * value - lower - upper, 0n) + sample(sumNoise, sampler)
  const steps = round(rational((lower + upper) * count + doubled, 2n * count))
  const clamped = steps < lower ? lower : steps > upper ? upper : steps
  return {
    values: [{value: inUnits(clamped, resolution)}],
    noise: noiseOf(plan),
  }
}

/**
 * The exponential mechanism (McSherry and Talwar 2007) over the grid, with the distance of ranks for a score: exact,
 * by drawing grid points uniformly and keeping one with probability exp(−ε · (error − least error) / 2m).
 */
function quantile(values: readonly bigint[], plan: ReleasePlan, sampler: ExactSampler): Release {
  const {
    bounds: {lower, upper},
    request,
    resolution,
  } = plan
  const errorAt = rankError(values, plan.quantile)
  let least: Rational | undefined
  for (let candidate = lower; candidate <= upper; candidate++) {
    const error = errorAt(candidate)
    if (least === undefined || error.numerator < least.numerator) least = error
  }
  const {epsilon} = noisePrice(plan) as Extract<Expenditure, {readonly kind: 'pure'}>
  const rate = divide(epsilon, rational(2n * BigInt(request.maxRows)))
  for (;;) {
    const candidate = lower + sampler.uniformBelow(upper - lower + 1n)
    const {numerator, denominator} = errorAt(candidate)
    const excess = rational(numerator - (least as Rational).numerator, denominator)
    if (!sampler.bernoulliExp(multiply(excess, rate))) continue
    return {values: [{value: inUnits(candidate, resolution)}], noise: noiseOf(plan)}
  }
}

/**
 * How far the wanted rank q·n is from the ranks that a grid point has: between the number of values below it and of
 * those not above it. One row moves it by at most one. All errors have the same denominator.
 */
function rankError(values: readonly bigint[], wanted: Rational): (candidate: bigint) => Rational {
  const sorted = values.toSorted((left, right) => (left < right ? -1 : Number(left > right)))
  const target = wanted.numerator * BigInt(values.length)
  return candidate => {
    const below = BigInt(firstIndex(sorted, value => value >= candidate)) * wanted.denominator
    const notAbove = BigInt(firstIndex(sorted, value => value > candidate)) * wanted.denominator
    const error = below > target ? below - target : target > notAbove ? target - notAbove : 0n
    return rational(error, wanted.denominator)
  }
}

/** The first index whose value matches, in a list that does from some index on; its length where none does. */
function firstIndex(sorted: readonly bigint[], matches: (value: bigint) => boolean): number {
  let [low, high] = [0, sorted.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if (matches(sorted[middle]!)) high = middle
    else low = middle + 1
  }
  return low
}

function histogram(counts: ReadonlyMap<string, bigint>, plan: ReleasePlan, sampler: ExactSampler): Release {
  const {question, maxPartitions} = plan.request
  const noise = partitionNoise(plan, maxPartitions)
  const isPrivate = question.kind === 'histogram' && question.partitions === undefined
  const threshold = isPrivate ? thresholdOf(noise, plan) : undefined
  const noised = [...counts].map(([partition, count]) => ({partition, count: count + sample(noise, sampler)}))
  // In the order of names: that of the table would tell who came first.
  const shown = noised
    .filter(({count}) => threshold === undefined || count >= threshold)
    .toSorted((left, right) => (left.partition < right.partition ? -1 : 1))
  return {
    values: shown.map(({partition, count}) => ({partition, value: count.toString()})),
    noise: noiseOf(plan),
  }
}

/**
 * The least count that a partition of a single person reaches with a probability of at most δ / P, P being in how
 * many partitions that person may be (Korolova et al. 2009; Desfontaines, Voss, Gipson, Mandayam 2022). For Laplace
 * noise Pr[X ≥ x] ≤ exp(−x / b), for Gaussian Pr[X ≥ x] ≤ exp(−x² / 2σ²).
 */
function thresholdOf(noise: Noise, {expenditures, request}: ReleasePlan): bigint {
  const failure = expenditures.find(each => each.kind === 'failure') as Extract<Expenditure, {readonly kind: 'failure'}>
  const surprise = Math.log(request.maxPartitions / toNumber(failure.delta))
  const above =
    noise.kind === 'laplace' ? toNumber(noise.scale) * surprise : Math.sqrt(2 * toNumber(noise.variance) * surprise)
  // Up by two, one for the person and one for the rounding of logarithms and roots.
  return round(rationalBelow(Math.ceil(above))) + 2n
}

function inUnits(steps: bigint, resolution: Rational): string {
  return toDecimal(multiply(rational(steps), resolution))
}
