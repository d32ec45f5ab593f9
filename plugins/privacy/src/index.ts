import {definePlugin} from '@omni-ops/core/operation'
import {privacySettings} from './settings.ts'

export default definePlugin({
  name: 'privacy',
  summary: 'Personal data found, masked, pseudonymised and anonymised',
  topics: {
    privacy: 'Personal data found, masked, pseudonymised and anonymised',
    gdpr: 'What people may ask of whoever processes data about them, under European law',
    ccpa: 'What Californian consumers may ask',
    zvop: "What Slovenia's Personal Data Protection Act asks for beside it",
  },
  operations: async () => (await import('./operations/index.ts')).operations,
  settings: privacySettings,
  events: async () => (await import('./events.ts')).events,
  migrations: async () => {
    const parts = await Promise.all([
      import('./vault/tables.ts'),
      import('./differential-privacy/tables.ts'),
      import('./format-preserving/tables.ts'),
      import('./requests/tables.ts'),
      import('./holds/tables.ts'),
      import('./limits/tables.ts'),
      import('./recipients/tables.ts'),
      import('./consent/tables.ts'),
      import('./zvop/tables.ts'),
    ])
    return parts.flatMap(({migrations}) => migrations)
  },
  personalData: () => import('./personal-data.ts'),
  privacy: async () => {
    const parts = await Promise.all([
      import('./vault/privacy.ts'),
      import('./differential-privacy/privacy.ts'),
      import('./format-preserving/privacy.ts'),
      import('./requests/privacy.ts'),
      import('./holds/privacy.ts'),
      import('./limits/privacy.ts'),
      import('./recipients/privacy.ts'),
      import('./consent/privacy.ts'),
      import('./zvop/privacy.ts'),
    ])
    return parts.flatMap(({declarations}) => declarations)
  },
  processingLimits: async () => (await import('./limits/limits.ts')).openProcessingLimits,
})
