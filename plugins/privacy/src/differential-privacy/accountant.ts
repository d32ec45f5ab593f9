import {PrivacyParameterError} from './errors.ts'
import {add, compare, multiply, type Rational, rational, rationalFrom, toNumber} from './rational.ts'

/** What one release costs. */
export type Expenditure =
  /** ε-differential privacy. */
  | {readonly kind: 'pure'; readonly epsilon: Rational}
  /** ρ-zero-concentrated differential privacy (Bun and Steinke 2016). */
  | {readonly kind: 'concentrated'; readonly rho: Rational}
  /** δ that is not due to a conversion: the chance that a private partition shows a single person. */
  | {readonly kind: 'failure'; readonly delta: Rational}

/** What all releases together may cost. δ of 0 is pure differential privacy. */
export interface Budget {
  readonly epsilon: Rational
  readonly delta: Rational
}

/** A guarantee as doubles, for people. */
export interface Guarantee {
  readonly epsilon: number
  readonly delta: number
}

/**
 * The guarantee of all expenditures together, δ being what may go wrong in all. The better of two bounds: pure ε and the
 * converted concentrated privacy added up, or every pure ε taken as ε²/2 of concentrated privacy (Bun and Steinke 2016,
 * proposition 1.4), added up and converted. Both hold for questions that depend on earlier answers, as long as the ε and
 * δ of the questions do not.
 */
export function compose(expenditures: readonly Expenditure[], delta: Rational): Guarantee {
  const {pure, rho, allRho, failure} = totals(expenditures)
  const left = toNumber(delta) - toNumber(failure)
  const added = toNumber(pure) + concentratedEpsilon(toNumber(rho), left)
  const concentrated = concentratedEpsilon(toNumber(allRho), left)
  if (concentrated < added) return {epsilon: concentrated, delta: toNumber(delta)}
  return {epsilon: added, delta: rho.numerator === 0n ? toNumber(failure) : toNumber(delta)}
}

/** Whether a budget covers the expenditures. A sum of pure ε alone is compared exactly. */
export function isCovered(expenditures: readonly Expenditure[], budget: Budget): boolean {
  const {pure, rho, allRho, failure} = totals(expenditures)
  if (compare(failure, budget.delta) > 0) return false
  if (rho.numerator === 0n && compare(pure, budget.epsilon) <= 0) return true
  const left = toNumber(budget.delta) - toNumber(failure)
  const limit = toNumber(budget.epsilon)
  if (concentratedEpsilon(toNumber(allRho), left) <= limit) return true
  return rho.numerator > 0n && toNumber(pure) + concentratedEpsilon(toNumber(rho), left) <= limit
}

/** Throws PrivacyParameterError unless 0 < ε and 0 ≤ δ < 1. */
export function budgetFrom(epsilon: string, delta: string): Budget {
  const budget = {epsilon: rationalFrom(epsilon), delta: rationalFrom(delta)}
  if (budget.epsilon.numerator <= 0n) throw new PrivacyParameterError(`ε has to be above 0, not ${epsilon}`)
  if (budget.delta.numerator < 0n || compare(budget.delta, rational(1n)) >= 0) {
    throw new PrivacyParameterError(`δ has to be at least 0 and below 1, not ${delta}`)
  }
  return budget
}

/** Sums by kind; `allRho` takes the pure ones in as concentrated privacy. */
function totals(expenditures: readonly Expenditure[]) {
  let [pure, rho, allRho, failure] = [rational(0n), rational(0n), rational(0n), rational(0n)]
  for (const each of expenditures) {
    if (each.kind === 'failure') failure = add(failure, each.delta)
    else if (each.kind === 'concentrated') {
      rho = add(rho, each.rho)
      allRho = add(allRho, each.rho)
    } else {
      pure = add(pure, each.epsilon)
      allRho = add(allRho, multiply(multiply(each.epsilon, each.epsilon), rational(1n, 2n)))
    }
  }
  return {pure, rho, allRho, failure}
}

/**
 * The least ε for which ρ-zCDP implies (ε, δ), by the conversion that is exact up to the choice of α (Canonne, Kamath,
 * Steinke 2020, corollary 13; Balle et al. 2020, theorem 21). Infinite where δ is not above 0.
 */
export function concentratedEpsilon(rho: number, delta: number): number {
  if (rho === 0) return 0
  if (!(delta > 0)) return Number.POSITIVE_INFINITY
  // The bound has one minimum in α; α = 1 + √(ln(1/δ)/ρ) is that of a looser one and lies close to it.
  const guess = 1 + Math.sqrt(Math.log(1 / delta) / rho)
  const at = (logarithm: number) => renyiEpsilon(alpha => alpha * rho, 1 + Math.exp(logarithm), delta)
  return Math.max(0, leastOn(at, Math.log(guess - 1) - 6, Math.log(guess - 1) + 3))
}

/** The ε at δ that a Rényi divergence of `rdp(α)` at order α > 1 gives; see `concentratedEpsilon` for its source. */
export function renyiEpsilon(rdp: (alpha: number) => number, alpha: number, delta: number): number {
  return rdp(alpha) + Math.log1p(-1 / alpha) - (Math.log(delta) + Math.log(alpha)) / (alpha - 1)
}

/** The largest ρ whose conversion at δ stays within ε, rounded down to a fraction. Throws PrivacyParameterError. */
export function rhoFor(epsilon: number, delta: number): number {
  if (!(epsilon > 0 && delta > 0 && delta < 1)) {
    throw new PrivacyParameterError('A Gaussian release needs ε above 0 and δ between 0 and 1')
  }
  let low = 0
  let high = epsilon
  while (concentratedEpsilon(high, delta) <= epsilon) high *= 2
  for (let step = 0; step < 200 && high - low > low * Number.EPSILON; step++) {
    const middle = (low + high) / 2
    if (concentratedEpsilon(middle, delta) <= epsilon) low = middle
    else high = middle
  }
  return low
}

/** The least value of a function with a single minimum, by golden section; never below the true minimum. */
function leastOn(at: (place: number) => number, from: number, to: number): number {
  const ratio = (Math.sqrt(5) - 1) / 2
  let [low, high] = [from, to]
  let [left, right] = [high - ratio * (high - low), low + ratio * (high - low)]
  let [atLeft, atRight] = [at(left), at(right)]
  for (let step = 0; step < 120; step++) {
    if (atLeft <= atRight) {
      ;[high, right, atRight] = [right, left, atLeft]
      left = high - ratio * (high - low)
      atLeft = at(left)
    } else {
      ;[low, left, atLeft] = [left, right, atRight]
      right = low + ratio * (high - low)
      atRight = at(right)
    }
  }
  return Math.min(atLeft, atRight)
}
