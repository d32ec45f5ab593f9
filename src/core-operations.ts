import {auditExport, auditList, auditVerify} from './audit/operations/index.ts'
import {configGet, configList, configSet, configUnset} from './config/operations/index.ts'
import {doctor} from './doctor/operation.ts'
import {jobsCancel, jobsList, jobsShow} from './jobs/operations/index.ts'
import {keysCreate, keysList, keysRevoke, keysRotate, keysShow} from './keys/operations/index.ts'
import type {Operation} from './operation/operation.ts'
import {pluginsCreate, pluginsInstall, pluginsLink, pluginsList, pluginsUninstall} from './plugins/operations/index.ts'
import {
  profileAdd,
  profileList,
  profileRemove,
  profileShow,
  profileTest,
  profileUse,
  whoami,
} from './profile/operations/index.ts'
import {
  webhooksAdd,
  webhooksDeliveries,
  webhooksEvents,
  webhooksList,
  webhooksRemove,
  webhooksReplay,
  webhooksRotateSecret,
  webhooksShow,
  webhooksTest,
  webhooksUpdate,
} from './webhooks/operations/index.ts'

/** The operations of omni itself. */
export const operations: readonly Operation[] = [
  auditExport,
  auditList,
  auditVerify,
  configList,
  configGet,
  configSet,
  configUnset,
  doctor,
  pluginsInstall,
  pluginsLink,
  pluginsList,
  pluginsUninstall,
  pluginsCreate,
  profileAdd,
  profileList,
  profileRemove,
  profileShow,
  profileTest,
  profileUse,
  whoami,
  keysCreate,
  keysList,
  keysShow,
  keysRotate,
  keysRevoke,
  jobsList,
  jobsShow,
  jobsCancel,
  webhooksAdd,
  webhooksList,
  webhooksShow,
  webhooksUpdate,
  webhooksRemove,
  webhooksTest,
  webhooksDeliveries,
  webhooksReplay,
  webhooksRotateSecret,
  webhooksEvents,
]
