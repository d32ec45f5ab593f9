import type {Objective} from '../../src/anonymity/information-loss.ts'

/** A small table in plain values, and what is asked of it. */
export interface Problem {
  readonly rows: readonly {
    readonly values: readonly string[]
    readonly secret: string
    readonly person: string
    readonly inSubset: boolean
  }[]
  /** Per attribute, per value, the generalisations, the value itself first. */
  readonly hierarchies: readonly Readonly<Record<string, readonly string[]>>[]
  readonly k: number
  readonly suppressionLimit: number
  readonly model?:
    | {readonly kind: 'distinct-l-diversity'; readonly l: number}
    | {readonly kind: 'entropy-l-diversity'; readonly l: number}
    | {readonly kind: 'recursive-l-diversity'; readonly l: number; readonly c: number}
    | {readonly kind: 't-closeness'; readonly t: number; readonly distance: 'equal' | 'ordered' | 'hierarchical'}
  readonly presence?: {readonly minimum: number; readonly maximum: number}
  readonly secrets: readonly string[]
  readonly secretHierarchy: Readonly<Record<string, readonly string[]>>
  readonly objective: Objective
}

/**
 * The least cost over every node of the lattice, straight from the definitions, on strings and sets: what the search
 * has to agree with. Undefined where no node satisfies.
 */
export function leastCost(problem: Problem): number | undefined {
  let least: number | undefined
  for (const levels of allNodes(problem)) {
    const cost = costAt(problem, levels)
    if (cost !== undefined && (least === undefined || cost < least)) least = cost
  }
  return least
}

function* allNodes(problem: Problem, prefix: readonly number[] = []): Generator<readonly number[]> {
  const hierarchy = problem.hierarchies[prefix.length]
  if (!hierarchy) return yield prefix
  const height = Object.values(hierarchy)[0]!.length
  for (let level = 0; level < height; level++) yield* allNodes(problem, [...prefix, level])
}

function costAt(problem: Problem, levels: readonly number[]): number | undefined {
  const {rows, hierarchies, suppressionLimit} = problem
  const generalised = (values: readonly string[]) =>
    values.map((value, index) => hierarchies[index]![value]![levels[index]!]!)
  const classes = Object.values(Object.groupBy(rows, row => JSON.stringify(generalised(row.values)))) as (typeof rows)[]
  const table = rows.filter(row => row.inSubset)
  const kept: (typeof rows)[] = []
  const suppressed: (typeof rows)[number][] = []
  for (const members of classes) {
    const own = members.filter(row => row.inSubset)
    const share = own.length / members.length
    const {presence} = problem
    if (presence && own.length === 0 && presence.minimum > 0) return undefined
    const present = !presence || (share >= presence.minimum && share <= presence.maximum)
    if (own.length === 0) continue
    if (present && satisfies(problem, own, table)) kept.push(own)
    else suppressed.push(...own)
  }
  if (suppressed.length > suppressionLimit * table.length + 1e-9) return undefined
  return cost(problem, levels, table, kept, suppressed, generalised)
}

type Rows = Problem['rows']

/** Persons by secret: each person counts once per value. */
function distribution(rows: Rows, secrets: readonly string[]): number[] {
  const counts = secrets.map(secret => new Set(rows.filter(row => row.secret === secret).map(row => row.person)).size)
  const total = counts.reduce((sum, count) => sum + count, 0)
  return counts.map(count => count / total)
}

function satisfies(problem: Problem, rows: Rows, table: Rows): boolean {
  const persons = new Set(rows.map(row => row.person)).size
  const {model, secrets} = problem
  if (persons < problem.k) return false
  if (!model) return true
  if (model.kind !== 't-closeness' && persons < model.l) return false
  const shares = distribution(rows, secrets)
  const positive = shares.filter(share => share > 0)
  if (model.kind === 'distinct-l-diversity') return positive.length >= model.l
  if (model.kind === 'entropy-l-diversity') {
    return -positive.reduce((sum, share) => sum + share * Math.log(share), 0) >= Math.log(model.l) - 1e-9
  }
  if (model.kind === 'recursive-l-diversity') {
    const descending = secrets
      .map(secret => new Set(rows.filter(row => row.secret === secret).map(row => row.person)).size)
      .filter(count => count > 0)
      .toSorted((left, right) => right - left)
    return descending[0]! < model.c * descending.slice(model.l - 1).reduce((sum, count) => sum + count, 0)
  }
  const expected = distribution(table, secrets)
  const difference = shares.map((share, index) => share - expected[index]!)
  return distance(model.distance, difference, problem) <= model.t + 1e-9
}

function distance(kind: 'equal' | 'ordered' | 'hierarchical', difference: readonly number[], problem: Problem): number {
  if (kind === 'equal') return difference.reduce((sum, each) => sum + Math.abs(each), 0) / 2
  if (kind === 'ordered') {
    if (difference.length < 2) return 0
    const cumulative = difference.map((_, index) =>
      Math.abs(difference.slice(0, index + 1).reduce((sum, each) => sum + each, 0)),
    )
    return cumulative.reduce((sum, each) => sum + each, 0) / (difference.length - 1)
  }
  return hierarchicalDistance(difference, problem)
}

/** By recursion over the tree, as the definition has it: cost(N) = height(N)/H · min(excess, lack) of N's children. */
function hierarchicalDistance(difference: readonly number[], {secrets, secretHierarchy}: Problem): number {
  const height = Object.values(secretHierarchy)[0]!.length - 1
  const extra = (leaves: readonly string[]) => leaves.reduce((sum, leaf) => sum + difference[secrets.indexOf(leaf)]!, 0)
  const costBelow = (leaves: readonly string[], level: number): number => {
    if (level === 0) return 0
    const children = Object.values(Object.groupBy(leaves, leaf => secretHierarchy[leaf]![level - 1]!)) as string[][]
    const extras = children.map(extra)
    const excess = extras.filter(each => each > 0).reduce((sum, each) => sum + each, 0)
    const lack = -extras.filter(each => each < 0).reduce((sum, each) => sum + each, 0)
    const here = (level / height) * Math.min(excess, lack)
    return children.reduce((sum, child) => sum + costBelow(child, level - 1), here)
  }
  return costBelow(secrets, height)
}

function cost(
  problem: Problem,
  levels: readonly number[],
  table: Rows,
  kept: readonly Rows[],
  suppressed: Rows,
  generalised: (values: readonly string[]) => readonly string[],
): number {
  const {objective, hierarchies} = problem
  const all = table.length
  const bySuppressed = Object.values(
    Object.groupBy(suppressed, row => JSON.stringify(generalised(row.values))),
  ) as Rows[]
  const squares = kept.reduce((sum, members) => sum + members.length ** 2, 0)
  if (objective === 'discernibility') return squares + suppressed.length * all
  if (objective === 'discernibility-star') {
    return squares + bySuppressed.reduce((sum, members) => sum + members.length ** 2, 0)
  }
  if (objective === 'loss') {
    const lossOfRow = (row: Rows[number]) =>
      row.values.map((value, index) => lossOf(hierarchies[index]!, value, levels[index]!))
    const losses = [...kept.flat().flatMap(lossOfRow), ...suppressed.flatMap(row => row.values.map(() => 1))]
    return losses.reduce((sum, each) => sum + each, 0) / all / hierarchies.length
  }
  let bits = 0
  for (const [index, hierarchy] of hierarchies.entries()) {
    const level = levels[index]!
    for (const row of table) {
      const value = row.values[index]!
      const same = table.filter(each => each.values[index] === value).length
      const joined = table.filter(each => hierarchy[each.values[index]!]![level] === hierarchy[value]![level]).length
      bits -= Math.log2(same / joined)
    }
    if (objective === 'entropy') continue
    for (const row of suppressed) {
      const label = hierarchy[row.values[index]!]![level]
      const same = suppressed.filter(each => hierarchy[each.values[index]!]![level] === label).length
      bits -= Math.log2(same / suppressed.length)
    }
  }
  return bits
}

function lossOf(hierarchy: Readonly<Record<string, readonly string[]>>, value: string, level: number): number {
  const domain = Object.keys(hierarchy)
  const leaves = domain.filter(leaf => hierarchy[leaf]![level] === hierarchy[value]![level])
  return domain.length < 2 ? 0 : (leaves.length - 1) / (domain.length - 1)
}

/** The rows of a hierarchy file. */
export function hierarchyRows(hierarchy: Readonly<Record<string, readonly string[]>>): readonly (readonly string[])[] {
  return Object.values(hierarchy)
}
