import {auditExport, auditList, auditVerify} from './audit/operations/index.ts'
import {configGet, configList, configSet, configUnset} from './config/operations/index.ts'
import {doctor} from './doctor/operation.ts'
import {definePlugin} from './operation/plugin.ts'
import {coreSettings} from './settings.ts'

export default definePlugin({
  name: 'core',
  summary: 'Settings, audit log and health of omni itself',
  operations: [auditExport, auditList, auditVerify, configList, configGet, configSet, configUnset, doctor],
  settings: coreSettings,
})
