import {TableError} from './errors.ts'
import type {Microdata} from './microdata.ts'
import {
  type Distribution,
  type DistributionTest,
  distributionTest,
  type SensitiveModel,
  smallestClass,
} from './privacy-models.ts'

/** A set of tuples: `tuples[from]` to before `tuples[to]`. */
export interface TupleSet {
  readonly tuples: Int32Array
  readonly from: number
  readonly to: number
}

/** One sensitive attribute with the tests it has to pass and the scratch memory to count it in. */
interface AttributeTests {
  readonly codes: Int32Array
  readonly personValues: Int32Array | undefined
  readonly seen: Int32Array
  readonly distribution: Distribution
  readonly tests: readonly DistributionTest[]
}

/** Counts the persons of sets of tuples and tests what their sensitive values show. */
export class TupleSetJudge {
  /** Fewer persons than this can not satisfy the requirements. */
  readonly smallest: number
  /** Whether any sensitive attribute is tested. */
  readonly hasTests: boolean
  readonly #counts: Int32Array
  readonly #personOf: Int32Array | undefined
  readonly #personSeen: Int32Array
  readonly #attributes: readonly AttributeTests[]
  /** Marks what was seen in the current set, so that the marks need not be wiped. */
  #stamp = 0

  /** Throws TableError where a model names an attribute that is not among the sensitive ones. */
  constructor(data: Microdata, k: number, models: readonly SensitiveModel[]) {
    for (const {kind, attribute} of models) {
      if (data.sensitive.some(({name}) => name === attribute)) continue
      throw new TableError(`${kind} is asked of ${attribute}, which is not a sensitive attribute`)
    }
    this.smallest = Math.max(k, ...models.map(smallestClass))
    this.hasTests = models.length > 0
    this.#counts = data.counts
    this.#personOf = data.personOf
    this.#personSeen = new Int32Array(sizeOf(data.personOf))
    this.#attributes = data.sensitive.flatMap(({name, labels, codes, overall, personValues}) => {
      const own = models.filter(({attribute}) => attribute === name)
      if (own.length === 0) return []
      return {
        codes,
        personValues: personValues?.codes,
        seen: new Int32Array(personValues?.size ?? 0),
        distribution: {
          counts: new Int32Array(labels.length),
          total: 0,
          present: new Int32Array(labels.length),
          distinct: 0,
        },
        tests: own.map(model => distributionTest(model, labels, overall)),
      }
    })
  }

  /** Different persons of the table; rows where every row is a person. */
  persons({tuples, from, to}: TupleSet): number {
    const stamp = ++this.#stamp
    let persons = 0
    for (let place = from; place < to; place++) {
      const tuple = tuples[place]!
      const rows = this.#counts[tuple]!
      if (rows === 0) continue
      if (!this.#personOf) {
        persons += rows
        continue
      }
      const person = this.#personOf[tuple]!
      if (this.#personSeen[person] === stamp) continue
      this.#personSeen[person] = stamp
      persons++
    }
    return persons
  }

  /** Whether every sensitive attribute passes its tests. */
  passes(set: TupleSet): boolean {
    return this.#attributes.every(attribute => this.#attributePasses(attribute, set))
  }

  #attributePasses(attribute: AttributeTests, set: TupleSet): boolean {
    const {distribution, tests} = attribute
    this.#count(attribute, set)
    const passes = tests.every(test => test(distribution))
    for (let each = 0; each < distribution.distinct; each++) distribution.counts[distribution.present[each]!] = 0
    return passes
  }

  /** Counts each person once per value, whatever the number of their rows. */
  #count({codes, personValues, seen, distribution}: AttributeTests, {tuples, from, to}: TupleSet): void {
    const stamp = ++this.#stamp
    const {counts, present} = distribution
    distribution.total = 0
    distribution.distinct = 0
    for (let place = from; place < to; place++) {
      const tuple = tuples[place]!
      const rows = this.#counts[tuple]!
      if (rows === 0) continue
      if (personValues) {
        const pair = personValues[tuple]!
        if (seen[pair] === stamp) continue
        seen[pair] = stamp
      }
      const amount = personValues ? 1 : rows
      const code = codes[tuple]!
      if (counts[code] === 0) present[distribution.distinct++] = code
      counts[code]! += amount
      distribution.total += amount
    }
  }
}

/** One more than the largest code. */
function sizeOf(codes: Int32Array | undefined): number {
  return codes ? 1 + codes.reduce((most, code) => Math.max(most, code), 0) : 0
}
