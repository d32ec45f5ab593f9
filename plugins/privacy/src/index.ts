import {definePlugin} from '@omni-ops/core/operation'
import {privacySettings} from './settings.ts'

export default definePlugin({
  name: 'privacy',
  summary: 'Personal data found, masked, pseudonymised and anonymised',
  topics: {
    privacy: 'Personal data found, masked, pseudonymised and anonymised',
    gdpr: 'What people may ask of whoever processes data about them, under European law',
  },
  operations: async () => (await import('./operations/index.ts')).operations,
  settings: privacySettings,
  events: async () => (await import('./events.ts')).events,
  migrations: async () => {
    const [vault, budgets, cards] = await Promise.all([
      import('./vault/tables.ts'),
      import('./differential-privacy/tables.ts'),
      import('./format-preserving/tables.ts'),
    ])
    return [...vault.migrations, ...budgets.migrations, ...cards.migrations]
  },
  personalData: () => import('./personal-data.ts'),
  privacy: async () => {
    const [vault, budgets, cards] = await Promise.all([
      import('./vault/privacy.ts'),
      import('./differential-privacy/privacy.ts'),
      import('./format-preserving/privacy.ts'),
    ])
    return [...vault.declarations, ...budgets.declarations, ...cards.declarations]
  },
})
