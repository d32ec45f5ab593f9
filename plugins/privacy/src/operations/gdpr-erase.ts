import * as z from 'zod'
import {defineOperation} from '@omni-ops/core/operation'
import {
  countryField,
  exitCodeOf,
  languageField,
  nameField,
  placesField,
  receivedField,
  RunOutput,
  subjectAliases,
  subjectFields,
} from './request-schemas.ts'

export const gdprErase = defineOperation({
  id: 'gdpr.erase',
  summary: 'Erase everything that is held about a person',
  description:
    'GDPR, article 17. What a law or a legal hold requires to be kept stays, with its reason (17(3)); everything else is erased to the byte and looked for again. Interrupted, the same command goes on.',
  http: {method: 'POST', path: '/api/v1/gdpr/rights/erasure'},
  scopes: ['gdpr:write'],
  effects: 'destructive',
  input: z.object({
    ...subjectFields,
    name: nameField,
    places: placesField,
    ground: z.string().max(40).optional().describe('Why, as article 17(1) numbers it: 17(1)(b)'),
    received_at: receivedField,
    country: countryField,
    language: languageField,
    dry_run: z.boolean().default(false).describe('Only tell what would be erased and kept'),
  }),
  output: RunOutput,
  cli: {
    omit: [...subjectAliases],
    rows: 'places',
    columns: ['place', 'state', 'found', 'changed', 'kept', 'verified'],
    confirm: {repeat: 'user'},
    examples: [
      'omni gdpr erase --user ana@example.com --dry-run',
      'omni gdpr erase --user ana@example.com --confirm ana@example.com',
    ],
  },
  example: {email: 'ana@example.com', ground: '17(1)(b)'},
  outcome: exitCodeOf,
  handler: () => import('../handlers/gdpr-erase.ts'),
})
