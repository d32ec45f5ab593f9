import {mkdir, readdir, readFile, rename, rm, stat, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import type {LanceDbSnapshot} from '../lancedb/lancedb-snapshot.ts'
import type {FaissIndex, FaissModule} from './faiss-module.ts'

/** The vectors of one version of a table in an index of FAISS. A vector's label is its place among the keys. */
export interface Generation {
  readonly version: number
  readonly index: FaissIndex
  readonly keys: BigUint64Array
}

/** So many vectors are compared one by one; more are searched through a graph. */
const MOST_FLAT = 50_000

/** Indexes all vectors of a snapshot. */
export async function buildGeneration(
  faiss: FaissModule,
  snapshot: LanceDbSnapshot,
  dimension: number,
): Promise<Generation> {
  const keys: bigint[] = []
  const batches: number[][] = []
  for await (const batch of snapshot.vectors()) {
    for (const {key} of batch) keys.push(key)
    batches.push(batch.flatMap(({vector}) => Array.from(vector)))
  }
  const description = keys.length > MOST_FLAT ? 'HNSW32' : 'Flat'
  const index = faiss.Index.fromFactory(dimension, description, faiss.MetricType.METRIC_INNER_PRODUCT)
  for (const batch of batches) if (batch.length > 0) index.add(batch)
  return {version: await snapshot.version(), index, keys: BigUint64Array.from(keys)}
}

/**
 * Keeps a generation in a directory and deletes the others. A generation is there once its list of keys is, which is
 * renamed into place last; the list begins with the size of the index, so that half an index is not taken for one.
 */
export async function storeGeneration(directory: string, {version, index, keys}: Generation): Promise<void> {
  await mkdir(directory, {recursive: true})
  const paths = pathsOf(directory, version)
  index.write(`${paths.index}.new`)
  const {size} = await stat(`${paths.index}.new`)
  await writeFile(`${paths.keys}.new`, BigUint64Array.of(BigInt(size), ...keys))
  await rename(`${paths.index}.new`, paths.index)
  await rename(`${paths.keys}.new`, paths.keys)
  for (const name of await readdir(directory)) {
    if (!name.startsWith(`${version}.`)) await rm(join(directory, name), {force: true})
  }
}

/** The generation of a version; undefined where there is none, or none whole: it can always be built again. */
export async function readGeneration(
  faiss: FaissModule,
  directory: string,
  version: number,
): Promise<Generation | undefined> {
  const paths = pathsOf(directory, version)
  try {
    const bytes = await readFile(paths.keys)
    const [size, ...keys] = new BigUint64Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 8)
    if (BigInt((await stat(paths.index)).size) !== size) return undefined
    const index = faiss.Index.read(paths.index)
    return index.ntotal() === keys.length ? {version, index, keys: BigUint64Array.from(keys)} : undefined
  } catch {
    return undefined
  }
}

function pathsOf(directory: string, version: number): {readonly index: string; readonly keys: string} {
  return {index: join(directory, `${version}.index`), keys: join(directory, `${version}.keys`)}
}
