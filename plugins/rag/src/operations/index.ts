import type {Operation} from '@omni-ops/core/operation'
import {chat} from './chat.ts'
import {collections} from './collections.ts'
import {compare} from './compare.ts'
import {conversations} from './conversations.ts'
import {duplicates} from './duplicates.ts'
import {draft} from './draft.ts'
import {evaluate} from './evaluate.ts'
import {exportPassages} from './export.ts'
import {health} from './health.ts'
import {expire} from './expire.ts'
import {forget} from './forget.ts'
import {generateQuestions} from './generate-questions.ts'
import {hold} from './hold.ts'
import {ingest} from './ingest.ts'
import {list} from './list.ts'
import {measure} from './measure.ts'
import {migrate} from './migrate.ts'
import {optimize} from './optimize.ts'
import {query} from './query.ts'
import {reembed} from './reembed.ts'
import {release} from './release.ts'
import {remove} from './remove.ts'
import {removeTenant} from './remove-tenant.ts'
import {retain} from './retain.ts'
import {sample} from './sample.ts'
import {search} from './search.ts'
import {show} from './show.ts'
import {status} from './status.ts'
import {tune} from './tune.ts'
import {weigh} from './weigh.ts'

export const operations: readonly Operation[] = [
  ingest,
  compare,
  optimize,
  migrate,
  search,
  query,
  list,
  show,
  reembed,
  remove,
  removeTenant,
  retain,
  expire,
  hold,
  release,
  health,
  collections,
  status,
  duplicates,
  tune,
  exportPassages,
  evaluate,
  generateQuestions,
  measure,
  weigh,
  sample,
  draft,
  chat,
  conversations,
  forget,
]
