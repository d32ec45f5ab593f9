import {definePlugin} from '@omni-ops/core/operation'
import {collections} from './operations/collections.ts'
import {compare} from './operations/compare.ts'
import {evaluate} from './operations/evaluate.ts'
import {exportPassages} from './operations/export.ts'
import {ingest} from './operations/ingest.ts'
import {list} from './operations/list.ts'
import {optimize} from './operations/optimize.ts'
import {query} from './operations/query.ts'
import {remove} from './operations/remove.ts'
import {search} from './operations/search.ts'
import {show} from './operations/show.ts'
import {status} from './operations/status.ts'
import {ragSettings} from './settings.ts'

export default definePlugin({
  name: 'rag',
  summary: 'Documents in, cited answers out',
  operations: [
    ingest,
    compare,
    optimize,
    search,
    query,
    list,
    show,
    remove,
    collections,
    status,
    exportPassages,
    evaluate,
  ],
  settings: ragSettings,
  migrations: async () => (await import('./collection/tables.ts')).migrations,
  privacy: async () => (await import('./collection/privacy.ts')).declarations,
  checks: async () => (await import('./checks.ts')).checks,
})
