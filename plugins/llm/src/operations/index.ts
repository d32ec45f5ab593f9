import type {Operation} from '@omni-ops/core/operation'
import {ask} from './ask.ts'
import {bench} from './bench.ts'
import {budgetList} from './budget-list.ts'
import {budgetRemove} from './budget-remove.ts'
import {budgetSet} from './budget-set.ts'
import {cachePurge} from './cache-purge.ts'
import {cacheStats} from './cache-stats.ts'
import {chat} from './chat.ts'
import {compare} from './compare.ts'
import {conversations} from './conversations.ts'
import {conversationsShow} from './conversations-show.ts'
import {forget} from './forget.ts'
import {keysCreate} from './keys-create.ts'
import {keysList} from './keys-list.ts'
import {keysRevoke} from './keys-revoke.ts'
import {models} from './models.ts'
import {providers} from './providers.ts'
import {providersTest} from './providers-test.ts'
import {routeExplain} from './route-explain.ts'
import {stats} from './stats.ts'
import {usage} from './usage.ts'

export const operations: readonly Operation[] = [
  ask,
  chat,
  conversations,
  conversationsShow,
  forget,
  compare,
  providers,
  providersTest,
  models,
  routeExplain,
  usage,
  stats,
  budgetSet,
  budgetList,
  budgetRemove,
  keysCreate,
  keysList,
  keysRevoke,
  cacheStats,
  cachePurge,
  bench,
]
