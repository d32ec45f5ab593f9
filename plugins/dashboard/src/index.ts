import {definePlugin} from '@omni-ops/core/operation'
import {dashboardSettings} from './settings.ts'

export default definePlugin({
  name: 'dashboard',
  summary: 'Dashboards from your own data, with a table behind every chart',
  operations: async () => (await import('./operations/index.ts')).operations,
  settings: dashboardSettings,
  migrations: async () => (await import('./migrations.ts')).migrations,
  privacy: async () => (await import('./privacy.ts')).declarations,
  mounts: async () => [(await import('./live/mount.ts')).keptDashboardsMount()],
  streams: async () => [(await import('./live/described-events.ts')).dashboardEvents],
})
