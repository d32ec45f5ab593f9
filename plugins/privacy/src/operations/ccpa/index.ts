import type {Operation} from '@omni-ops/core/operation'
import {ccpaCorrect} from './correct.ts'
import {ccpaDelete} from './delete.ts'
import {ccpaGpc} from './gpc.ts'
import {ccpaKnow} from './know.ts'
import {ccpaLimit} from './limit.ts'
import {ccpaMetrics} from './metrics.ts'
import {ccpaOptOut} from './opt-out.ts'

export const ccpaOperations: readonly Operation[] = [
  ccpaKnow,
  ccpaDelete,
  ccpaCorrect,
  ccpaOptOut,
  ccpaLimit,
  ccpaGpc,
  ccpaMetrics,
]
