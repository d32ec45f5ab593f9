import * as z from 'zod'
import {defineOperation} from '@omni-ops/core/operation'

const names = z.array(z.string())

export const ropaDraft = defineOperation({
  id: 'gdpr.ropa.draft',
  summary: 'Draft the record of processing activities from what the program says it holds',
  description:
    'Every table of personal data is declared with its purpose, legal basis, categories and retention. The draft has what follows from that; security measures, transfers and your own processing are yours to add.',
  http: {method: 'GET', path: '/api/v1/gdpr/ropa/draft'},
  scopes: ['gdpr:read'],
  effects: 'read',
  input: z.object({}),
  output: z.object({
    activities: z.array(
      z.object({
        id: z.string(),
        name: z.string(),
        purposes: names,
        legal_basis: names,
        data_subjects: names,
        data_categories: names,
        recipients: names,
        retention: names,
        special_categories: z.boolean(),
      }),
    ),
  }),
  cli: {
    rows: 'activities',
    columns: ['id', 'name', 'legal_basis'],
    examples: ['omni gdpr ropa draft', 'omni gdpr ropa draft --out privacy/ropa.yaml'],
  },
  handler: () => import('../handlers/ropa-draft.ts'),
})
