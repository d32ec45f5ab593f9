import {definePlugin} from '@omni-ops/core/operation'
import {dashboardSettings} from './settings.ts'

export default definePlugin({
  name: 'dashboard',
  summary: 'Dashboards from your own data, with a table behind every chart',
  operations: async () => (await import('./operations/index.ts')).operations,
  settings: dashboardSettings,
  migrations: async () => (await import('./build/tables.ts')).migrations,
  privacy: async () => (await import('./build/privacy.ts')).declarations,
})
