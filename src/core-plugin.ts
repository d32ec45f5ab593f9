import {configGet, configList, configSet, configUnset} from './config/operations/index.ts'
import {definePlugin} from './operation/plugin.ts'
import {coreSettings} from './settings.ts'

export default definePlugin({
  name: 'core',
  summary: 'Settings, audit log and health of omni itself',
  operations: [configList, configGet, configSet, configUnset],
  settings: coreSettings,
})
