/**
 * Numbers from a seed, the same on every machine: the generator sfc32 with its state filled from the seed (Chris
 * Doty-Humphrey's Small Fast Counter, PractRand 0.94). For sample data alone; no source of secrets.
 */
export class SampleRandom {
  readonly #state: Uint32Array

  constructor(seed: number, stream: string) {
    let hash = (seed ^ 0x9e3779b9) >>> 0
    for (const character of stream) hash = Math.imul(hash ^ character.codePointAt(0)!, 0x01000193) >>> 0
    this.#state = Uint32Array.of(hash, seed >>> 0, 0x243f6a88, 1)
    for (let round = 0; round < 15; round++) this.unit()
  }

  /** 0 ≤ number < 1. */
  unit(): number {
    const state = this.#state
    const [a, b, c, d] = state as unknown as [number, number, number, number]
    const sum = (a + b + d) >>> 0
    state[3] = d + 1
    state[0] = b ^ (b >>> 9)
    state[1] = c + (c << 3)
    state[2] = ((c << 21) | (c >>> 11)) + sum
    return sum / 4_294_967_296
  }

  chance(probability: number): boolean {
    return this.unit() < probability
  }

  /** A whole number, both ends possible. */
  whole(lowest: number, highest: number): number {
    return lowest + Math.floor(this.unit() * (highest - lowest + 1))
  }

  /** One of the names, by their weights. */
  choice(weights: Readonly<Record<string, number>>): string {
    const entries = Object.entries(weights)
    let rest = this.unit() * entries.reduce((sum, [, weight]) => sum + weight, 0)
    for (const [name, weight] of entries) {
      rest -= weight
      if (rest < 0) return name
    }
    return entries.at(-1)![0]
  }

  /** One of so many things, a few of them far more often than others: `c-0007`. */
  entity(prefix: string, count: number): string {
    return `${prefix}-${String(Math.floor(this.unit() ** 2 * count) + 1).padStart(4, '0')}`
  }

  /** Log-normal: most near the median, a few far above. By the Box–Muller transform. */
  skewed(median: number, sigma: number, decimals = 0): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.unit()))
    const value = median * Math.exp(sigma * radius * Math.cos(2 * Math.PI * this.unit()))
    return Number(value.toFixed(decimals))
  }
}
