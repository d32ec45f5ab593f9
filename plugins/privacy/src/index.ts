import {definePlugin} from '@omni-ops/core/operation'
import {privacySettings} from './settings.ts'

export default definePlugin({
  name: 'privacy',
  summary: 'Personal data found, masked, pseudonymised and anonymised',
  topics: {
    privacy: 'Personal data found, masked, pseudonymised and anonymised',
    gdpr: 'What the General Data Protection Regulation asks for',
    zvop: "What Slovenia's Personal Data Protection Act asks for beside it",
  },
  operations: async () => (await import('./operations/index.ts')).operations,
  settings: privacySettings,
  events: async () => (await import('./events.ts')).events,
  migrations: async () => {
    const [vault, budgets, cards, consents, zvop] = await Promise.all([
      import('./vault/tables.ts'),
      import('./differential-privacy/tables.ts'),
      import('./format-preserving/tables.ts'),
      import('./consent/tables.ts'),
      import('./zvop/tables.ts'),
    ])
    return [...vault.migrations, ...budgets.migrations, ...cards.migrations, ...consents.migrations, ...zvop.migrations]
  },
  privacy: async () => {
    const [vault, budgets, cards, consents, zvop] = await Promise.all([
      import('./vault/privacy.ts'),
      import('./differential-privacy/privacy.ts'),
      import('./format-preserving/privacy.ts'),
      import('./consent/privacy.ts'),
      import('./zvop/privacy.ts'),
    ])
    return [
      ...vault.declarations,
      ...budgets.declarations,
      ...cards.declarations,
      ...consents.declarations,
      ...zvop.declarations,
    ]
  },
})
