import * as z from 'zod'
import {defineOperation} from '@omni-ops/core/operation'
import {EntityTypeName, domainField} from './schemas.ts'

export const pseudonymize = defineOperation({
  id: 'privacy.pseudonymize',
  summary: 'Replace personal data by pseudonyms that stay the same',
  description:
    'Keyed (HMAC-SHA-256 under privacy.key), one key per domain: the same value has the same pseudonym in one domain and another in the next, such as one per recipient. Named columns or keys are replaced whole; with --detect, or without any, personal data is looked for in the text.',
  http: {
    method: 'POST',
    path: '/api/v1/privacy/pseudonymize',
    description:
      'Keyed (HMAC-SHA-256), one key per domain: the same value has the same pseudonym in one domain and another in the next, such as one per recipient.',
  },
  scopes: ['privacy:read'],
  effects: 'read',
  input: z.object({
    values: z.array(z.string().max(100_000)).min(1).max(10_000).describe('The values'),
    type: EntityTypeName.optional().describe('What they are: spellings of one value then get one pseudonym'),
    domain: domainField,
  }),
  output: z.object({pseudonyms: z.array(z.string()).describe('In the order of the values')}),
  cli: {
    examples: [
      'omni privacy pseudonymize orders.csv --column email --column phone --domain research --out orders-research.csv',
      'omni privacy pseudonymize events.jsonl --domain vendor-x',
    ],
  },
  example: {values: ['ana.novak@example.com'], type: 'EMAIL_ADDRESS', domain: 'research'},
  handler: () => import('../handlers/pseudonymize.ts'),
})
