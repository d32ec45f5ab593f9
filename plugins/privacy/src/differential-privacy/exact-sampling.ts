import type {Randomness} from '@omni-ops/core/operation'
import {floor, type Rational, rational} from './rational.ts'

/**
 * Samplers that use whole numbers only, so that no rounding of a floating-point number betrays what the noise hides
 * (Mironov, On Significance of the Least Significant Bits for Differential Privacy, 2012). The algorithms are those of
 * Canonne, Kamath, Steinke, The Discrete Gaussian for Differential Privacy, 2020, whose numbers are given. Their
 * running time depends on the sample.
 */
export class ExactSampler {
  readonly #source: Pick<Randomness, 'bytes'>
  #pool: Uint8Array = new Uint8Array(0)
  #next = 0

  /** The source has to be cryptographically secure wherever the result is published. */
  constructor(source: Pick<Randomness, 'bytes'>) {
    this.#source = source
  }

  /** Uniform over 0 … bound − 1. The bound is above zero. */
  uniformBelow(bound: bigint): bigint {
    if (bound <= 0n) throw new RangeError('The bound has to be above zero')
    if (bound === 1n) return 0n
    if (bound <= smallBound) return BigInt(this.#smallUniformBelow(Number(bound)))
    const bits = (bound - 1n).toString(2).length
    const bytes = Math.ceil(bits / 8)
    for (;;) {
      const hex = Buffer.from(this.#take(bytes)).toString('hex')
      const candidate = BigInt.asUintN(bits, BigInt(`0x${hex}`))
      if (candidate < bound) return candidate
    }
  }

  /** True with the probability, which is between 0 and 1. */
  bernoulli({numerator, denominator}: Rational): boolean {
    return this.uniformBelow(denominator) < numerator
  }

  /** True with probability exp(−γ), for γ of 0 or more (algorithm 1). */
  bernoulliExp(gamma: Rational): boolean {
    const whole = floor(gamma)
    for (let each = 0n; each < whole; each++) if (!this.#bernoulliExpUnit(rational(1n))) return false
    return this.#bernoulliExpUnit({
      numerator: gamma.numerator - whole * gamma.denominator,
      denominator: gamma.denominator,
    })
  }

  /** The discrete Laplace distribution: Pr[x] ∝ exp(−|x| / scale), for a scale above zero (algorithm 2). */
  discreteLaplace({numerator: scale, denominator}: Rational): bigint {
    for (;;) {
      const remainder = this.uniformBelow(scale)
      if (!this.bernoulliExp({numerator: remainder, denominator: scale})) continue
      let multiple = 0n
      while (this.#bernoulliExpUnit(rational(1n))) multiple++
      const magnitude = (remainder + scale * multiple) / denominator
      const negative = this.uniformBelow(2n) === 1n
      if (negative && magnitude === 0n) continue
      return negative ? -magnitude : magnitude
    }
  }

  /** The discrete Gaussian distribution: Pr[x] ∝ exp(−x² / 2σ²), for a variance parameter σ² above zero (algorithm 3). */
  discreteGaussian({numerator, denominator}: Rational): bigint {
    const scale = squareRoot(numerator / denominator) + 1n
    for (;;) {
      const candidate = this.discreteLaplace(rational(scale))
      const magnitude = candidate < 0n ? -candidate : candidate
      // (|y| − σ²/t)² / 2σ², over the common denominator 2 · n · d · t².
      const distance = magnitude * scale * denominator - numerator
      const gamma = {numerator: distance * distance, denominator: 2n * numerator * denominator * scale * scale}
      if (this.bernoulliExp(gamma)) return candidate
    }
  }

  /** True with probability exp(−γ), γ between 0 and 1: the parity of how long a chain of coins lasts. */
  #bernoulliExpUnit({numerator, denominator}: Rational): boolean {
    let length = 1n
    while (this.uniformBelow(denominator * length) < numerator) length++
    return length % 2n === 1n
  }

  #smallUniformBelow(bound: number): number {
    const bytes = bound <= 2 ** 8 ? 1 : bound <= 2 ** 16 ? 2 : bound <= 2 ** 32 ? 4 : 6
    const limit = Math.floor(2 ** (8 * bytes) / bound) * bound
    for (;;) {
      const taken = this.#take(bytes)
      let candidate = 0
      for (const byte of taken) candidate = candidate * 256 + byte
      if (candidate < limit) return candidate % bound
    }
  }

  #take(bytes: number): Uint8Array {
    if (this.#next + bytes > this.#pool.length) {
      this.#pool = this.#source.bytes(Math.max(poolBytes, bytes))
      this.#next = 0
    }
    const taken = this.#pool.subarray(this.#next, this.#next + bytes)
    this.#next += bytes
    return taken
  }
}

const poolBytes = 8192

/** Up to here a double counts exactly, with room for rejection. */
const smallBound = 2n ** 47n

/** The whole part of the square root (Newton's method on whole numbers). */
export function squareRoot(value: bigint): bigint {
  if (value < 2n) return value
  let estimate = 1n << BigInt(Math.ceil(value.toString(2).length / 2))
  for (;;) {
    const next = (estimate + value / estimate) >> 1n
    if (next >= estimate) return estimate
    estimate = next
  }
}
