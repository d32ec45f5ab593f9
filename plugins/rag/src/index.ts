import {definePlugin} from '@omni-ops/core/operation'
import {ragSettings} from './settings.ts'

export default definePlugin({
  name: 'rag',
  summary: 'Documents in, cited answers out',
  operations: async () => (await import('./operations/index.ts')).operations,
  settings: ragSettings,
  events: async () => (await import('./events.ts')).events,
  migrations: async () => (await import('./migrations.ts')).migrations,
  privacy: async () => (await import('./privacy.ts')).declarations,
  personalData: () => import('./personal-data.ts'),
  firstSteps: async () => (await import('./first-steps.ts')).firstSteps,
  checks: async () => (await import('./checks.ts')).checks,
})
