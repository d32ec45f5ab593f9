import * as z from 'zod'
import {defineOperation} from '@omni-ops/core/operation'
import {
  countryField,
  languageField,
  nameField,
  placesField,
  receivedField,
  regimes,
  RequestOutput,
  rights,
  subjectAliases,
  subjectFields,
} from './request-schemas.ts'

export const gdprRequestOpen = defineOperation({
  id: 'gdpr.request.open',
  summary: 'Write down that somebody asked for something',
  description:
    'Nothing is looked for yet: first it is made sure who asks. The days to answer are counted from the receipt.',
  http: {method: 'POST', path: '/api/v1/gdpr/requests'},
  scopes: ['gdpr:write'],
  effects: 'write',
  input: z.object({
    right: z.enum(rights).describe('What was asked for'),
    regime: z.enum(regimes).default('gdpr').describe('The law'),
    ...subjectFields,
    name: nameField,
    places: placesField,
    corrections: z
      .record(z.string().min(1).max(100), z.string().max(10_000))
      .optional()
      .describe('New values by the name of their field'),
    purposes: z.array(z.string().min(1).max(61)).max(20).optional().describe('What is objected to'),
    ground: z.string().max(40).optional().describe('Why, as the article numbers it'),
    received_at: receivedField,
    country: countryField,
    language: languageField,
  }),
  output: RequestOutput,
  cli: {
    args: ['right'],
    omit: [...subjectAliases],
    names: {corrections: 'set', purposes: 'purpose'},
    columns: ['id', 'right', 'state', 'due_by'],
    examples: [
      'omni gdpr request open erasure --user ana@example.com',
      'omni gdpr request open access --user ana@example.com --received-at 2026-11-20T09:00:00Z',
    ],
  },
  example: {right: 'erasure', email: 'ana@example.com'},
  handler: () => import('../handlers/gdpr-request-open.ts'),
})
