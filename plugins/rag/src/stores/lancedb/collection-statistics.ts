import {readFile, rename, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import type {Table} from '@lancedb/lancedb'

/** What one version of a collection holds, as far as searching needs to know it beforehand. */
export interface CollectionStatistics {
  /** The table's version that was counted. */
  readonly version: number
  readonly passages: number
  readonly averageTermCount: number
  readonly passagesByLanguage: ReadonlyMap<string, number>
  /** Whether each document's passages are stored one after the other, in their order: a passage's row tells its neighbours'. */
  readonly contiguous: boolean
}

/** How common character 4-grams are, counted in a sample of the passages. */
export interface GramStatistics {
  /** How many passages the collection had. */
  readonly passages: number
  /** The share of the passages that have the gram, from 0 to 1; grams that few have are left out. */
  readonly shares: ReadonlyMap<string, number>
}

/** Counts a table's passages. Reads three narrow columns of all rows. */
export async function countPassages(table: Table): Promise<CollectionStatistics> {
  const passagesByLanguage = new Map<string, number>()
  let passages = 0
  let terms = 0
  let contiguous = true
  let lastOrdinal = -1
  let lastRow = -1n
  for await (const batch of table.query().select(['language', 'term_count', 'ordinal']).withRowId()) {
    const languages = batch.getChild('language')!
    const counts = batch.getChild('term_count')!.toArray() as Int32Array
    const ordinals = batch.getChild('ordinal')!.toArray() as Int32Array
    const rows = batch.getChild('_rowid')!.toArray() as BigUint64Array
    passages += batch.numRows
    for (let row = 0; row < batch.numRows; row++) {
      const language = languages.get(row) as string
      passagesByLanguage.set(language, (passagesByLanguage.get(language) ?? 0) + 1)
      terms += counts[row]!
      const next = ordinals[row] === lastOrdinal + 1 && rows[row] === lastRow + 1n
      contiguous &&= next || ordinals[row] === 0
      lastOrdinal = ordinals[row]!
      lastRow = rows[row]!
    }
  }
  const averageTermCount = passages === 0 ? 0 : terms / passages
  return {version: await table.version(), passages, averageTermCount, passagesByLanguage, contiguous}
}

/** Passages in which grams are counted: enough to tell the common ones, read in a fraction of a second. */
const SAMPLE = 2_048
/** In slices, which are read faster than single rows. */
const SLICES = 64
/** Grams that fewer passages of the sample have are rare: nothing is said of them. */
const LEAST_COUNT = 8

/** Counts grams in passages from all over the table. The same table gives the same counts. */
export async function countGrams(table: Table): Promise<GramStatistics> {
  const passages = await table.countRows()
  const counts = new Map<string, number>()
  const offsets = sampleOffsets(passages)
  for (let at = 0; at < offsets.length; at += 256) {
    const sample = await table
      .takeOffsets(offsets.slice(at, at + 256))
      .select(['grams'])
      .toArrow()
    const grams = sample.getChild('grams')!
    for (let row = 0; row < sample.numRows; row++) {
      for (const gram of new Set((grams.get(row) as string).split(' '))) counts.set(gram, (counts.get(gram) ?? 0) + 1)
    }
  }
  const common = [...counts].filter(([, count]) => count >= LEAST_COUNT)
  return {passages, shares: new Map(common.map(([gram, count]) => [gram, count / offsets.length]))}
}

function sampleOffsets(passages: number): number[] {
  if (passages <= SAMPLE) return Array.from({length: passages}, (_, at) => at)
  const length = SAMPLE / SLICES
  return Array.from({length: SAMPLE}, (_, at) => {
    const slice = Math.floor(at / length)
    return Math.floor((slice * (passages - length)) / (SLICES - 1)) + (at % length)
  })
}

interface StoredStatistics {
  readonly format: 1
  readonly collection: Omit<CollectionStatistics, 'passagesByLanguage'> & {
    readonly passagesByLanguage: Readonly<Record<string, number>>
  }
  readonly grams: {readonly passages: number; readonly shares: Readonly<Record<string, number>>}
}

/** Keeps statistics beside a table, in its own directory, so that they go with it. Readers see the old or the new. */
export async function storeStatistics(
  tableDirectory: string,
  {collection, grams}: {readonly collection: CollectionStatistics; readonly grams: GramStatistics},
): Promise<void> {
  const stored: StoredStatistics = {
    format: 1,
    collection: {...collection, passagesByLanguage: Object.fromEntries(collection.passagesByLanguage)},
    grams: {passages: grams.passages, shares: Object.fromEntries(grams.shares)},
  }
  const path = statisticsPath(tableDirectory)
  await writeFile(`${path}.new`, JSON.stringify(stored))
  await rename(`${path}.new`, path)
}

/** What was last stored; undefined where there is nothing, or nothing whole: it can always be counted again. */
export async function readStatistics(
  tableDirectory: string,
): Promise<{readonly collection: CollectionStatistics; readonly grams: GramStatistics} | undefined> {
  const text = await readFile(statisticsPath(tableDirectory), 'utf8').catch(() => undefined)
  if (text === undefined) return undefined
  try {
    const {format, collection, grams} = JSON.parse(text) as StoredStatistics
    if (format !== 1) return undefined
    return {
      collection: {...collection, passagesByLanguage: new Map(Object.entries(collection.passagesByLanguage))},
      grams: {passages: grams.passages, shares: new Map(Object.entries(grams.shares))},
    }
  } catch {
    return undefined
  }
}

function statisticsPath(tableDirectory: string): string {
  return join(tableDirectory, 'statistics.json')
}
