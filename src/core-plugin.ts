import {definePlugin} from './operation/plugin.ts'
import {coreSettings} from './settings.ts'

export default definePlugin({
  name: 'core',
  summary: 'Settings, audit log and health of omni itself',
  operations: async () => (await import('./core-operations.ts')).operations,
  settings: coreSettings,
  privacy: async () => (await import('./privacy/kernel-declarations.ts')).kernelPrivacy,
})
