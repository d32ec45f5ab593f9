import {definePlugin} from '@omni-ops/core/operation'
import {llmSettings} from './settings.ts'

export default definePlugin({
  name: 'llm',
  summary: 'Every model behind one router, with usage and budgets',
  operations: async () => (await import('./operations/index.ts')).operations,
  settings: llmSettings,
  migrations: async () => (await import('./migrations.ts')).migrations,
  privacy: async () => (await import('./privacy.ts')).declarations,
  personalData: () => import('./personal-data.ts'),
  reportedTables: async () => (await import('./ledger/reported-tables.ts')).reportedTables,
  mounts: async () => [(await import('./gateway/mount.ts')).gatewayMount()],
  meters: async () => (await import('./metering/metered-calls.ts')).openMeter,
  languageModels: async () => (await import('./language-models.ts')).openLanguageModel,
})
