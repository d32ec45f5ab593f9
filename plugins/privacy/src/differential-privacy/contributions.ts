import {createHmac} from 'node:crypto'
import {columnOf} from '../table/encode-columns.ts'
import type {TableSource} from '../table/table-source.ts'
import {TableError} from '../anonymity/errors.ts'
import type {ExactSampler} from './exact-sampling.ts'
import {PrivacyParameterError} from './errors.ts'
import {divide, rationalFrom, round} from './rational.ts'
import type {ReleasePlan} from './release-request.ts'

/**
 * The values of a column that count, in steps of the resolution and within the bounds; 1 for every row of a count.
 * Of a person with more rows than allowed, a uniform sample is taken: the choice must not depend on the values.
 * Empty cells do not count. Throws TableError for a cell that is no decimal number.
 */
export async function boundedValues(
  source: TableSource,
  plan: ReleasePlan,
  sampler: ExactSampler,
  signal?: AbortSignal,
): Promise<bigint[]> {
  const {question, person, maxRows} = plan.request
  const valueAt = 'column' in question ? columnOf(source, question.column) : undefined
  const personAt = person === undefined ? undefined : columnOf(source, person)
  const everyone: bigint[] = []
  const byPerson = new Map<string, {rows: bigint; readonly kept: bigint[]}>()
  let index = 0
  for await (const row of source.rows(signal)) {
    index++
    const value = valueAt === undefined ? 1n : stepsOf(row[valueAt]!, plan, index)
    if (value === undefined) continue
    if (personAt === undefined) {
      everyone.push(value)
      continue
    }
    const own = byPerson.get(row[personAt]!) ?? {rows: 0n, kept: []}
    byPerson.set(row[personAt]!, own)
    own.rows++
    if (own.kept.length < maxRows) own.kept.push(value)
    else {
      const place = sampler.uniformBelow(own.rows)
      if (place < BigInt(maxRows)) own.kept[Number(place)] = value
    }
  }
  return personAt === undefined ? everyone : [...byPerson.values()].flatMap(({kept}) => kept)
}

function stepsOf(cell: string, {resolution, bounds: {lower, upper}}: ReleasePlan, index: number): bigint | undefined {
  if (cell.trim() === '') return undefined
  try {
    const steps = round(divide(rationalFrom(cell), resolution))
    return steps < lower ? lower : steps > upper ? upper : steps
  } catch (error) {
    if (!(error instanceof PrivacyParameterError)) throw error
    throw new TableError(`Row ${index} has a cell that is not a decimal number`, {cause: error})
  }
}

/**
 * How many persons count in each partition. Of a person in more partitions than allowed, a uniform sample is taken:
 * those with the least keyed hash, the same however often and in whatever order the person's rows come.
 */
export async function boundedPartitions(
  source: TableSource,
  column: string,
  plan: ReleasePlan,
  key: Uint8Array,
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, bigint>> {
  const {person, maxPartitions, question} = plan.request
  const known = question.kind === 'histogram' && question.partitions ? new Set(question.partitions) : undefined
  const valueAt = columnOf(source, column)
  const personAt = person === undefined ? undefined : columnOf(source, person)
  const counts = new Map<string, bigint>([...(known ?? [])].map(partition => [partition, 0n]))
  const count = (partition: string) => counts.set(partition, (counts.get(partition) ?? 0n) + 1n)
  const byPerson = new Map<string, Map<string, string>>()
  for await (const row of source.rows(signal)) {
    const partition = row[valueAt]!
    if (known && !known.has(partition)) continue
    if (personAt === undefined) {
      count(partition)
      continue
    }
    const own = byPerson.get(row[personAt]!) ?? new Map<string, string>()
    byPerson.set(row[personAt]!, own)
    if (own.has(partition)) continue
    own.set(partition, hashOf(key, row[personAt]!, partition))
    if (own.size > maxPartitions) own.delete(largest(own))
  }
  for (const own of byPerson.values()) for (const partition of own.keys()) count(partition)
  return counts
}

function hashOf(key: Uint8Array, person: string, partition: string): string {
  return createHmac('sha256', key)
    .update(`${Buffer.byteLength(person)}:`)
    .update(person)
    .update(partition)
    .digest('hex')
}

function largest(hashes: ReadonlyMap<string, string>): string {
  return [...hashes].reduce((most, each) => (each[1] > most[1] ? each : most))[0]
}
