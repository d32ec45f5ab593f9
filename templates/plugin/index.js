import {definePlugin} from '@omni-ops/core/operation'
import * as z from 'zod'

// Loaded by most commands of omni: what is not needed to describe the plugin is behind a function.
export default definePlugin({
  name: 'guestbook',
  summary: 'A guest book that people sign',
  operations: async () => (await import('./operations/index.js')).operations,
  settings: [
    {
      name: 'guestbook.longest',
      description: 'How many characters an entry may have',
      schema: z.int().min(1).max(10_000),
      default: 500,
    },
  ],
  migrations: async () => (await import('./entries/tables.js')).migrations,
  privacy: async () => (await import('./entries/privacy.js')).declarations,
})
