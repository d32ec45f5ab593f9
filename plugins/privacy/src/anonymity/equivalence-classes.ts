import {Grouper, type Grouping, type KeyColumn} from './grouping.ts'
import type {Lattice} from './lattice.ts'
import type {Microdata} from './microdata.ts'
import type {PresenceModel, SensitiveModel} from './privacy-models.ts'
import {TupleSetJudge} from './tuple-set-judge.ts'

/** The equivalence classes of a table under one transformation, counted. */
export interface EquivalenceClasses {
  readonly classes: number
  /** The class of each tuple; absent where the classes were rolled up from finer ones. */
  readonly classOf?: Int32Array
  /** A tuple of each class, for its generalised values. */
  readonly first: Int32Array
  /** Rows of the table in each class. */
  readonly rows: Int32Array
  /** Rows of the table and the population around it. */
  readonly population: Int32Array
  /** Different persons of the table in each class. */
  readonly persons: Int32Array
}

/** What a table has to satisfy. */
export interface PrivacyRequirements {
  /** Least number of persons in a class. */
  readonly k: number
  readonly sensitive?: readonly SensitiveModel[]
  readonly presence?: PresenceModel
  /** The share of rows, 0 to 1, that may be suppressed. */
  readonly suppressionLimit: number
}

/** Whether a transformation satisfies the requirements, and at what price. */
export interface Verdict {
  readonly satisfied: boolean
  readonly suppressedRows: number
  /** 1 for each class whose rows have to be suppressed. */
  readonly suppressed: Uint8Array
}

const largestSnapshotShare = 0.5
const keptSnapshots = 48

/**
 * Groups a table by the nodes of its lattice and judges the groups. Where only counts are needed, a node is rolled up
 * from the classes of a more specific node that was grouped before (LeFevre et al. 2005), not from the table.
 */
export class ClassEvaluator {
  readonly #data: Microdata
  readonly #lattice: Lattice
  readonly #requirements: PrivacyRequirements
  readonly #grouper = new Grouper()
  readonly #snapshots: {readonly node: number; readonly classes: EquivalenceClasses}[] = []
  readonly #judge: TupleSetJudge
  /** Whether judging takes the tuples of each class, so that classes cannot be rolled up. */
  readonly #needsTuples: boolean
  /** Rows that may be suppressed. */
  readonly limit: number

  /** Throws TableError where a model names an attribute that the data does not have. */
  constructor(data: Microdata, lattice: Lattice, requirements: PrivacyRequirements) {
    this.#data = data
    this.#lattice = lattice
    this.#requirements = requirements
    this.#judge = new TupleSetJudge(data, requirements.k, requirements.sensitive ?? [])
    this.#needsTuples = data.personOf !== undefined || this.#judge.hasTests
    this.limit = Math.floor(requirements.suppressionLimit * data.subsetRows + 1e-9)
  }

  /** The classes under the transformation of a node. */
  classes(node: number): EquivalenceClasses {
    if (this.#needsTuples) return this.#fromTuples(node)
    const base = this.#nearest(node)
    const classes = base ? this.#rolledUp(node, base) : this.#fromTuples(node)
    this.#keep(node, classes)
    return classes
  }

  /** The classes with the class of each tuple. */
  fullClasses(node: number): EquivalenceClasses & {readonly classOf: Int32Array} {
    return this.#fromTuples(node)
  }

  /** The monotone part: whether the classes that are too small can be suppressed. */
  largeEnough(classes: EquivalenceClasses): boolean {
    let suppressed = 0
    for (let index = 0; index < classes.classes; index++) {
      if (classes.rows[index]! > 0 && classes.persons[index]! < this.#judge.smallest) suppressed += classes.rows[index]!
    }
    return suppressed <= this.limit
  }

  /** Whether the classes satisfy all requirements after suppression of those that do not. */
  judge(classes: EquivalenceClasses): Verdict {
    const suppressed = new Uint8Array(classes.classes)
    const {presence} = this.#requirements
    let absent = true
    for (let index = 0; index < classes.classes; index++) {
      const rows = classes.rows[index]!
      if (presence) {
        const share = rows / classes.population[index]!
        // No row can be suppressed of a class that has none: absence would be disclosed.
        if (rows === 0 && presence.minimum > 0) absent = false
        if (share < presence.minimum || share > presence.maximum) suppressed[index] = 1
      }
      if (rows > 0 && classes.persons[index]! < this.#judge.smallest) suppressed[index] = 1
    }
    this.#judgeDistributions(classes, suppressed)
    let suppressedRows = 0
    for (let index = 0; index < classes.classes; index++) {
      if (suppressed[index]) suppressedRows += classes.rows[index]!
    }
    return {satisfied: absent && suppressedRows <= this.limit, suppressedRows, suppressed}
  }

  #judgeDistributions(classes: EquivalenceClasses, suppressed: Uint8Array): void {
    if (!this.#judge.hasTests) return
    const {start, tuples} = membersByClass(classes.classOf as Int32Array, classes.classes)
    for (let index = 0; index < classes.classes; index++) {
      if (suppressed[index] || classes.rows[index] === 0) continue
      if (!this.#judge.passes({tuples, from: start[index]!, to: start[index + 1]!})) suppressed[index] = 1
    }
  }

  #fromTuples(node: number): EquivalenceClasses & {readonly classOf: Int32Array} {
    const data = this.#data
    const grouping = this.#grouper.group(
      data.tuples,
      this.#keys(node, codes => codes),
    )
    const {groups, groupOf, first} = grouping
    const rows = sumBy(grouping, data.counts)
    return {
      classes: groups,
      classOf: groupOf,
      first,
      rows,
      population: data.rows === data.subsetRows ? rows : sumBy(grouping, data.population),
      persons: data.personOf ? this.#distinctPersons(grouping) : rows,
    }
  }

  #rolledUp(node: number, base: EquivalenceClasses): EquivalenceClasses {
    const keys = this.#keys(node, codes => base.first.map(tuple => codes[tuple]!))
    const grouping = this.#grouper.group(base.classes, keys)
    const rows = sumBy(grouping, base.rows)
    const population = base.population === base.rows ? rows : sumBy(grouping, base.population)
    return {
      classes: grouping.groups,
      first: grouping.first.map(index => base.first[index]!),
      rows,
      population,
      persons: rows,
    }
  }

  #keys(node: number, pick: (codes: Int32Array) => Int32Array): KeyColumn[] {
    return this.#data.quasiIdentifiers.map(({hierarchy, codes}, attribute) => {
      const level = this.#lattice.level(node, attribute)
      return {codes: pick(codes), map: hierarchy.codes[level]!, size: hierarchy.labels[level]!.length}
    })
  }

  #distinctPersons({groups, groupOf}: Grouping): Int32Array {
    const {start, tuples} = membersByClass(groupOf, groups)
    return Int32Array.from({length: groups}, (_, group) =>
      this.#judge.persons({tuples, from: start[group]!, to: start[group + 1]!}),
    )
  }

  #nearest(node: number): EquivalenceClasses | undefined {
    let nearest: EquivalenceClasses | undefined
    for (const {node: base, classes} of this.#snapshots) {
      if (nearest && classes.classes >= nearest.classes) continue
      if (this.#lattice.generalises(node, base)) nearest = classes
    }
    return nearest
  }

  #keep(node: number, classes: EquivalenceClasses): void {
    if (classes.classes > this.#data.tuples * largestSnapshotShare) return
    const {classes: count, first, rows, population, persons} = classes
    // Without the class of each tuple, which would be the greater part of a snapshot.
    this.#snapshots.push({node, classes: {classes: count, first, rows, population, persons}})
    if (this.#snapshots.length > keptSnapshots) this.#snapshots.shift()
  }
}

/** The tuples of each class: those of class `c` are `tuples[start[c]]` to before `tuples[start[c + 1]]`. */
interface Members {
  readonly start: Int32Array
  readonly tuples: Int32Array
}

function membersByClass(classOf: Int32Array, classes: number): Members {
  const start = new Int32Array(classes + 1)
  for (const index of classOf) start[index + 1]!++
  for (let index = 0; index < classes; index++) start[index + 1]! += start[index]!
  const next = start.slice()
  const tuples = new Int32Array(classOf.length)
  classOf.forEach((index, tuple) => {
    tuples[next[index]!] = tuple
    next[index]!++
  })
  return {start, tuples}
}

function sumBy({groups, groupOf}: Grouping, amounts: Int32Array): Int32Array {
  const sums = new Int32Array(groups)
  for (let item = 0; item < groupOf.length; item++) sums[groupOf[item]!]! += amounts[item]!
  return sums
}
