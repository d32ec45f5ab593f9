import {type Expenditure, rhoFor} from './accountant.ts'
import {PrivacyParameterError} from './errors.ts'
import {
  ceiling,
  compare,
  divide,
  floor,
  type Rational,
  rational,
  rationalBelow,
  rationalFrom,
  toNumber,
} from './rational.ts'

/** What is asked of a table. Bounds and quantiles are decimals, kept exact. */
export type Question =
  | {readonly kind: 'count'}
  | {readonly kind: 'sum' | 'mean'; readonly column: string; readonly lower: string; readonly upper: string}
  | {
      readonly kind: 'quantile'
      readonly column: string
      readonly lower: string
      readonly upper: string
      /** Between 0 and 1. */
      readonly quantile: string
    }
  | {
      readonly kind: 'histogram'
      readonly column: string
      /** The values to count, where they are known without the data; otherwise they are found privately. */
      readonly partitions?: readonly string[]
    }

export interface ReleaseRequest {
  readonly question: Question
  /** The column that names the person of a row; without one, every row is a person. */
  readonly person?: string
  /** How many rows of one person count; more are sampled down to this. */
  readonly maxRows: number
  /** In how many partitions of a histogram one person counts. */
  readonly maxPartitions: number
  /** The grid on which values, noise and results lie. */
  readonly resolution: string
  readonly mechanism: 'laplace' | 'gaussian'
  readonly epsilon: string
  /** For Gaussian noise and for private partitions. */
  readonly delta?: string
}

/** A request checked and made exact. */
export interface ReleasePlan {
  readonly request: ReleaseRequest
  readonly expenditures: readonly Expenditure[]
  readonly resolution: Rational
  /** For sum, mean and quantile: the bounds in steps of the resolution, the lower rounded up and the upper down. */
  readonly bounds: {readonly lower: bigint; readonly upper: bigint}
  readonly quantile: Rational
}

/** A quantile is chosen among at most this many grid points. */
const mostCandidates = 100_000n

const zero = rational(0n)
const one = rational(1n)

/** Checks a request and prices it, without the data. Throws PrivacyParameterError. */
export function planRelease(request: ReleaseRequest): ReleasePlan {
  const resolution = rationalFrom(request.resolution)
  if (compare(resolution, zero) <= 0) throw new PrivacyParameterError('The resolution has to be above 0')
  for (const [name, value] of [
    ['rows', request.maxRows],
    ['partitions', request.maxPartitions],
  ] as const) {
    if (!Number.isSafeInteger(value) || value < 1)
      throw new PrivacyParameterError(`The most ${name} of one person is a whole number of at least 1`)
  }
  if (request.person === undefined && request.maxRows !== 1) {
    throw new PrivacyParameterError(
      'Without a column for the person every row is a person of its own, who has one row',
      {
        hint: 'name the column with --person, or leave --max-rows at 1',
      },
    )
  }
  return {
    request,
    expenditures: priceOf(request),
    resolution,
    bounds: boundsOf(request.question, resolution),
    quantile: quantileOf(request.question),
  }
}

function priceOf({question, mechanism, epsilon, delta}: ReleaseRequest): Expenditure[] {
  const exact = rationalFrom(epsilon)
  if (compare(exact, zero) <= 0) throw new PrivacyParameterError(`ε has to be above 0, not ${epsilon}`)
  const failure = delta === undefined ? zero : rationalFrom(delta)
  if (compare(failure, zero) < 0 || compare(failure, one) >= 0) {
    throw new PrivacyParameterError(`δ has to be at least 0 and below 1, not ${delta}`)
  }
  const privatePartitions = question.kind === 'histogram' && question.partitions === undefined
  const needsDelta = privatePartitions || mechanism === 'gaussian'
  if (needsDelta && compare(failure, zero) === 0) {
    throw new PrivacyParameterError(
      privatePartitions ? 'Finding the values of a histogram privately needs a δ' : 'Gaussian noise needs a δ',
      {
        hint: privatePartitions
          ? 'give --delta, or name the values with --partition'
          : 'give --delta, or use Laplace noise',
      },
    )
  }
  if (question.kind === 'quantile' && mechanism === 'gaussian') {
    throw new PrivacyParameterError('A quantile is chosen by the exponential mechanism, which has no Gaussian noise')
  }
  return [
    mechanism === 'laplace'
      ? {kind: 'pure', epsilon: exact}
      : {kind: 'concentrated', rho: concentration(toNumber(exact), toNumber(failure))},
    ...(privatePartitions ? [{kind: 'failure', delta: failure} as const] : []),
  ]
}

function concentration(epsilon: number, delta: number): Rational {
  const rho = rationalBelow(rhoFor(epsilon, delta))
  if (rho.numerator === 0n) throw new PrivacyParameterError('ε is too small for Gaussian noise')
  return rho
}

function boundsOf(question: Question, resolution: Rational): {readonly lower: bigint; readonly upper: bigint} {
  if (question.kind === 'count' || question.kind === 'histogram') return {lower: 0n, upper: 0n}
  const [low, high] = [rationalFrom(question.lower), rationalFrom(question.upper)]
  const [lower, upper] = [ceiling(divide(low, resolution)), floor(divide(high, resolution))]
  if (compare(low, high) >= 0 || lower >= upper) {
    throw new PrivacyParameterError(
      `The bounds ${question.lower} and ${question.upper} hold no interval of the resolution`,
    )
  }
  if (question.kind === 'quantile' && upper - lower >= mostCandidates) {
    throw new PrivacyParameterError(`The bounds hold more than ${mostCandidates} steps of the resolution`, {
      hint: 'give narrower bounds or a coarser --resolution',
    })
  }
  return {lower, upper}
}

function quantileOf(question: Question): Rational {
  if (question.kind !== 'quantile') return zero
  const quantile = rationalFrom(question.quantile)
  if (compare(quantile, zero) >= 0 && compare(quantile, one) <= 0) return quantile
  throw new PrivacyParameterError(`A quantile is between 0 and 1, not ${question.quantile}`)
}
