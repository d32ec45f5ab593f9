import {definePlugin} from '@omni-ops/core/operation'

export default definePlugin({
  name: 'privacy',
  summary: 'Personal data found, masked and anonymised',
  operations: async () => (await import('./operations/index.ts')).operations,
  migrations: async () => {
    const [budgets, cards] = await Promise.all([
      import('./differential-privacy/tables.ts'),
      import('./format-preserving/tables.ts'),
    ])
    return [...budgets.migrations, ...cards.migrations]
  },
  privacy: async () => {
    const [budgets, cards] = await Promise.all([
      import('./differential-privacy/privacy.ts'),
      import('./format-preserving/privacy.ts'),
    ])
    return [...budgets.declarations, ...cards.declarations]
  },
})
