import type {Operation} from '@omni-ops/core/operation'
import {build} from './build.ts'
import {buildOne} from './build-one.ts'
import {catalog} from './catalog.ts'
import {catalogInfer} from './catalog-infer.ts'
import {ciInit} from './ci-init.ts'
import {diff} from './diff.ts'
import {exportPage} from './export.ts'
import {generated} from './generated.ts'
import {panelData} from './panel-data.ts'
import {sampleData} from './sample-data.ts'
import {scheduleAdd} from './schedule-add.ts'
import {scheduleList} from './schedule-list.ts'
import {scheduleRemove} from './schedule-remove.ts'
import {scheduleRun} from './schedule-run.ts'
import {show} from './show.ts'
import {status} from './status.ts'
import {types} from './types.ts'
import {validate} from './validate.ts'

export const operations: readonly Operation[] = [
  types,
  build,
  buildOne,
  status,
  generated,
  exportPage,
  diff,
  catalog,
  catalogInfer,
  validate,
  sampleData,
  scheduleAdd,
  scheduleList,
  scheduleRemove,
  scheduleRun,
  // After the routes of one word, which it would answer too.
  show,
  panelData,
  ciInit,
]
