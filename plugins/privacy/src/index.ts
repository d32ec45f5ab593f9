import {definePlugin} from '@omni-ops/core/operation'
import {privacySettings} from './settings.ts'

export default definePlugin({
  name: 'privacy',
  summary: 'Personal data found, masked, pseudonymised and anonymised',
  operations: async () => (await import('./operations/index.ts')).operations,
  settings: privacySettings,
  migrations: async () => (await import('./vault/tables.ts')).migrations,
  privacy: async () => (await import('./vault/privacy.ts')).declarations,
})
