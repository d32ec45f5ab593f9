import {mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join, resolve} from 'node:path'
import type {Handler} from '@omni-ops/core/operation'
import {sharedAnalyser} from '../collection/collection.ts'
import {readBeirSet} from '../evaluation/beir-set.ts'
import {evaluateRetrieval} from '../evaluation/evaluate-retrieval.ts'
import {ChunkIndex} from '../index/chunk-index.ts'
import {LanceDbStore} from '../stores/lancedb/lancedb-store.ts'
import type {evaluate} from '../operations/evaluate.ts'

export const handle: Handler<typeof evaluate> = async ({directory, limit}, context) => {
  const set = await readBeirSet(resolve(context.workingDirectory, directory))
  const temporary = await mkdtemp(join(tmpdir(), 'omni-eval-'))
  const index = new ChunkIndex({
    store: new LanceDbStore({directory: temporary, collection: 'eval', signal: context.signal}),
    analyser: await sharedAnalyser(context),
  })
  try {
    return await evaluateRetrieval(
      {...set, queries: limit === undefined ? set.queries : set.queries.slice(0, limit)},
      {
        index,
        clock: context.clock,
        signal: context.signal,
        onProgress: progress => context.emit({type: 'progress', ...progress}),
      },
    )
  } finally {
    await index.close()
    await rm(temporary, {recursive: true, force: true})
  }
}
