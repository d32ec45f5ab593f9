import {Grouper} from './grouping.ts'
import type {Microdata} from './microdata.ts'

/**
 * Risks of re-identification of the persons whose rows are published (El Emam, Guide to the De-Identification of
 * Personal Health Information, 2013, chapters 14 to 16). A person's risk is the highest over their rows.
 */
export interface Risk {
  /** Persons with at least one published row. */
  readonly persons: number
  readonly classes: number
  readonly smallestClass: number
  readonly largestClass: number
  /** Persons in the classes, on average over classes. */
  readonly averageClass: number
  /** Persons who are alone in a class. */
  readonly unique: number
  /** The attacker knows that the person is in the table: 1 / persons of the class. */
  readonly prosecutor: AttackRisk
  /** The attacker knows that the person is in the population: 1 / persons of the population's class. */
  readonly journalist: AttackRisk & {
    /** Whether a population was given; without one the table stands for it, and the risk is the prosecutor's. */
    readonly population: boolean
  }
  /** The attacker tries everyone: the share of persons who are expected to be re-identified. */
  readonly marketer: number
}

export interface AttackRisk {
  readonly highest: number
  readonly average: number
  /** The share of persons whose risk is above the threshold. */
  readonly atRisk: number
}

export interface RiskOptions {
  readonly data: Microdata
  /** The class of each tuple, and 1 for each class that is suppressed. */
  readonly classOf: Int32Array
  readonly suppressed: Uint8Array
  /** A risk above this counts as at risk, 0 to 1. */
  readonly threshold: number
}

/** Measures the risk of a table that is published in these classes. All zero where nothing is published. */
export function riskOf({data, classOf, suppressed, threshold}: RiskOptions): Risk {
  const classes = suppressed.length
  const inTable = personsByClass(data, classOf, classes, data.counts)
  const inPopulation = personsByClass(data, classOf, classes, data.population)
  const published = Int32Array.from({length: classes}, (_, index) => index).filter(
    index => !suppressed[index] && inTable[index]! > 0,
  )
  const sizes = published.map(index => inTable[index]!)
  const prosecutor = personRisks(data, classOf, suppressed, inTable)
  const journalist = personRisks(data, classOf, suppressed, inPopulation)
  return {
    persons: prosecutor.reduce((sum, {weight}) => sum + weight, 0),
    classes: published.length,
    smallestClass: sizes.length === 0 ? 0 : sizes.reduce((least, size) => Math.min(least, size)),
    largestClass: sizes.reduce((most, size) => Math.max(most, size), 0),
    averageClass: sizes.length === 0 ? 0 : sizes.reduce((sum, size) => sum + size, 0) / sizes.length,
    unique: prosecutor.reduce((sum, {risk, weight}) => sum + (risk === 1 ? weight : 0), 0),
    prosecutor: summary(prosecutor, threshold),
    journalist: {...summary(journalist, threshold), population: data.rows !== data.subsetRows},
    marketer: summary(journalist, threshold).average,
  }
}

/** One person, or `weight` persons of the same class. */
interface PersonRisk {
  readonly risk: number
  readonly weight: number
}

function personRisks(data: Microdata, classOf: Int32Array, suppressed: Uint8Array, persons: Int32Array): PersonRisk[] {
  const {personOf, counts} = data
  if (!personOf) {
    const rows = new Int32Array(suppressed.length)
    classOf.forEach((index, tuple) => {
      rows[index]! += counts[tuple]!
    })
    return Array.from(rows, (weight, index) => ({risk: 1 / persons[index]!, weight})).filter(
      ({weight}, index) => weight > 0 && !suppressed[index],
    )
  }
  const highest = new Map<number, number>()
  personOf.forEach((person, tuple) => {
    const index = classOf[tuple]!
    if (counts[tuple] === 0 || suppressed[index]) return
    highest.set(person, Math.max(highest.get(person) ?? 0, 1 / persons[index]!))
  })
  return Array.from(highest.values(), risk => ({risk, weight: 1}))
}

function summary(risks: readonly PersonRisk[], threshold: number): AttackRisk {
  const persons = risks.reduce((sum, {weight}) => sum + weight, 0)
  if (persons === 0) return {highest: 0, average: 0, atRisk: 0}
  return {
    highest: risks.reduce((most, {risk}) => Math.max(most, risk), 0),
    average: risks.reduce((sum, {risk, weight}) => sum + risk * weight, 0) / persons,
    atRisk: risks.reduce((sum, {risk, weight}) => sum + (risk > threshold ? weight : 0), 0) / persons,
  }
}

/** Different persons in each class, of the tuples with an amount above zero. */
function personsByClass(data: Microdata, classOf: Int32Array, classes: number, amounts: Int32Array): Int32Array {
  const persons = new Int32Array(classes)
  if (!data.personOf) {
    classOf.forEach((index, tuple) => {
      persons[index]! += amounts[tuple]!
    })
    return persons
  }
  const present = Int32Array.from(amounts, (_, tuple) => tuple).filter(tuple => amounts[tuple]! > 0)
  const personOf = present.map(tuple => data.personOf![tuple]!)
  const {first} = new Grouper().group(present.length, [
    {codes: present.map(tuple => classOf[tuple]!), size: classes},
    {codes: personOf, size: 1 + personOf.reduce((most, person) => Math.max(most, person), 0)},
  ])
  for (const item of first) persons[classOf[present[item]!]!]!++
  return persons
}
