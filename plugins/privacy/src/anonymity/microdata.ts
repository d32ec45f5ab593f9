import {Grouper, type KeyColumn} from './grouping.ts'
import {TableError} from './errors.ts'
import type {Hierarchy} from './hierarchy.ts'

/** A column as dictionary codes. */
export interface EncodedColumn {
  readonly name: string
  /** The different values, by code. */
  readonly labels: readonly string[]
  readonly codes: Int32Array
}

export interface QuasiIdentifier {
  readonly name: string
  readonly hierarchy: Hierarchy
  /** Per tuple, the leaf code in the hierarchy. */
  readonly codes: Int32Array
}

export interface SensitiveAttribute {
  readonly name: string
  readonly labels: readonly string[]
  /** Per tuple, the value code. */
  readonly codes: Int32Array
  /** Persons by value over the whole table. */
  readonly overall: Int32Array
  /** Per tuple, a number of its combination of person and value; absent where every row is a person of its own. */
  readonly personValues?: {readonly codes: Int32Array; readonly size: number}
}

/**
 * A table made ready for anonymisation: equal rows are joined into tuples with a count, all values are codes.
 * A person is whoever the identifying column names; without one, every row is a person.
 */
export interface Microdata {
  readonly rows: number
  /** Rows of the table itself; smaller than `rows` where the rest are of the population around it. */
  readonly subsetRows: number
  readonly persons: number
  readonly tuples: number
  readonly tupleOfRow: Int32Array
  /** Per row, 1 where it is in the table and 0 where it is of the population around it. */
  readonly inTable: Uint8Array
  /** Per tuple: rows in the table, and rows in table and population together. */
  readonly counts: Int32Array
  readonly population: Int32Array
  readonly quasiIdentifiers: readonly QuasiIdentifier[]
  readonly sensitive: readonly SensitiveAttribute[]
  /** Per tuple, the person; absent where every row is a person of its own. */
  readonly personOf?: Int32Array
}

export interface MicrodataInput {
  readonly quasiIdentifiers: readonly {readonly column: EncodedColumn; readonly hierarchy: Hierarchy}[]
  readonly sensitive?: readonly EncodedColumn[]
  /** Names the person of each row. */
  readonly person?: EncodedColumn
  /** 1 for rows of the table, 0 for rows of the population that are not in it (for δ-presence). */
  readonly subset?: Uint8Array
}

/** Joins equal rows. Throws TableError for an empty table and for values that a hierarchy does not know. */
export function microdataFrom(input: MicrodataInput): Microdata {
  const {quasiIdentifiers, sensitive = [], person, subset} = input
  const rows = quasiIdentifiers[0]?.column.codes.length ?? 0
  if (rows === 0) throw new TableError('There are no rows to anonymise')
  const leaves = quasiIdentifiers.map(({column, hierarchy}) => leafCodes(column, hierarchy))
  const keys: KeyColumn[] = [
    ...leaves.map((codes, index) => ({codes, size: quasiIdentifiers[index]!.hierarchy.domain.length})),
    ...sensitive.map(column => ({codes: column.codes, size: column.labels.length})),
    ...(person ? [{codes: person.codes, size: person.labels.length}] : []),
  ]
  const grouper = new Grouper()
  const {groups, groupOf, first} = grouper.group(rows, keys)
  const counts = new Int32Array(groups)
  const population = new Int32Array(groups)
  const inTable = subset ?? new Uint8Array(rows).fill(1)
  let subsetRows = 0
  for (let row = 0; row < rows; row++) {
    const tuple = groupOf[row]!
    population[tuple]!++
    if (!inTable[row]) continue
    counts[tuple]!++
    subsetRows++
  }
  if (subsetRows === 0) throw new TableError('No row is marked as one of the table')
  const pick = (codes: Int32Array) => first.map(row => codes[row]!)
  const personOf = person && pick(person.codes)
  return {
    rows,
    subsetRows,
    persons: personOf ? countPersons(personOf, counts, person.labels.length) : subsetRows,
    tuples: groups,
    tupleOfRow: groupOf,
    inTable,
    counts,
    population,
    quasiIdentifiers: quasiIdentifiers.map(({column, hierarchy}, index) => ({
      name: column.name,
      hierarchy,
      codes: pick(leaves[index]!),
    })),
    sensitive: sensitive.map(column =>
      sensitiveAttribute(column, pick(column.codes), counts, personOf && {codes: personOf, size: person.labels.length}),
    ),
    ...(personOf ? {personOf} : {}),
  }
}

/** The leaf of each row. Throws TableError where a value is not in the hierarchy's domain. */
export function leafCodes({name, labels, codes}: EncodedColumn, hierarchy: Hierarchy): Int32Array {
  const known = new Map(hierarchy.domain.map((value, code) => [value, code]))
  const unknown = labels.filter(label => !known.has(label))
  if (unknown.length > 0) {
    const shown = unknown.slice(0, 3).map(value => `"${value}"`)
    throw new TableError(
      `The hierarchy of ${name} does not know ${shown.join(', ')}${unknown.length > 3 ? ` and ${unknown.length - 3} more values` : ''}`,
      {hint: 'add the values to the hierarchy', details: {attribute: name, unknown: unknown.length}},
    )
  }
  const leafOf = Int32Array.from(labels, label => known.get(label) as number)
  return codes.map(code => leafOf[code]!)
}

function countPersons(personOf: Int32Array, counts: Int32Array, size: number): number {
  const seen = new Uint8Array(size)
  let persons = 0
  personOf.forEach((person, tuple) => {
    if (counts[tuple] === 0 || seen[person]) return
    seen[person] = 1
    persons++
  })
  return persons
}

function sensitiveAttribute(
  {name, labels}: EncodedColumn,
  codes: Int32Array,
  counts: Int32Array,
  person: KeyColumn | undefined,
): SensitiveAttribute {
  const overall = new Int32Array(labels.length)
  if (!person) {
    codes.forEach((code, tuple) => {
      overall[code]! += counts[tuple]!
    })
    return {name, labels, codes, overall}
  }
  const pairs = new Grouper().group(codes.length, [person, {codes, size: labels.length}])
  const seen = new Uint8Array(pairs.groups)
  codes.forEach((code, tuple) => {
    const pair = pairs.groupOf[tuple]!
    if (counts[tuple] === 0 || seen[pair]) return
    seen[pair] = 1
    overall[code]!++
  })
  return {name, labels, codes, overall, personValues: {codes: pairs.groupOf, size: pairs.groups}}
}
