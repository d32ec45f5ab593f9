import {NotConfiguredError} from '@omni-ops/core/operation'

/** What of faiss-node 0.5 is used (its lib/index.d.ts). Vectors go in as plain arrays, one after the other. */
export interface FaissIndex {
  ntotal(): number
  add(vectors: number[]): void
  search(vector: number[], count: number): {readonly distances: number[]; readonly labels: number[]}
  write(path: string): void
}

export interface FaissModule {
  readonly Index: {
    fromFactory(dimension: number, description: string, metric: number): FaissIndex
    read(path: string): FaissIndex
  }
  readonly MetricType: {readonly METRIC_INNER_PRODUCT: number}
}

/** FAISS was chosen, and its package is not installed or does not load. */
export class FaissMissingError extends NotConfiguredError {
  override readonly code = 'rag_faiss_missing'
}

const name = 'faiss-node'

/** @throws FaissMissingError with the command that installs it. */
export async function loadFaiss(): Promise<FaissModule> {
  try {
    const loaded = (await import(name)) as {readonly default: FaissModule}
    return loaded.default
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n')[0] : String(error)
    throw new FaissMissingError(`FAISS does not load: ${reason}`, {
      hint: 'npm install faiss-node@0.5.1; on Debian, node tools/build-faiss.ts builds it with libfaiss-dev',
      cause: error,
    })
  }
}
