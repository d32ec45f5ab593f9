import * as z from 'zod'
import {defineOperation} from '@omni-ops/core/operation'
import {EntityTypeName, alphabetNames, domainField, pseudonymMethods} from './schemas.ts'

export const pseudonymize = defineOperation({
  id: 'privacy.pseudonymize',
  summary: 'Replace personal data by pseudonyms that stay the same',
  description:
    'Keyed (HMAC-SHA-256 under privacy.key), one key per domain: the same value has the same pseudonym in one domain and another in the next, such as one per recipient. Named columns or keys are replaced whole; with --detect, or without any, personal data is looked for in the text. --method ff1 keeps the form: as many digits, separators and leading zeros where they were.',
  http: {
    method: 'POST',
    path: '/api/v1/privacy/pseudonymize',
    description:
      'Keyed (HMAC-SHA-256), one key per domain: the same value has the same pseudonym in one domain and another in the next, such as one per recipient. The method ff1 (NIST SP 800-38G) keeps the form of a number, refuses what has fewer than a million values of its form, and makes card tokens of payment cards.',
  },
  scopes: ['privacy:read'],
  effects: 'read',
  input: z.object({
    values: z.array(z.string().max(100_000)).min(1).max(10_000).describe('The values'),
    type: EntityTypeName.optional().describe('What they are: spellings of one value then get one pseudonym'),
    domain: domainField,
    method: z.enum(pseudonymMethods).default('hmac').describe('A keyed hash, or encryption that keeps the form'),
    alphabet: z.enum(alphabetNames).default('digits').describe('What ff1 encrypts; separators stay'),
  }),
  output: z.object({pseudonyms: z.array(z.string()).describe('In the order of the values')}),
  cli: {
    examples: [
      'omni privacy pseudonymize orders.csv --column email --column phone --domain research --out orders-research.csv',
      'omni privacy pseudonymize calls.csv --column phone --method ff1 --domain vendor-x',
      'omni privacy pseudonymize events.jsonl --domain vendor-x',
    ],
  },
  example: {values: ['ana.novak@example.com'], type: 'EMAIL_ADDRESS', domain: 'research'},
  handler: () => import('../handlers/pseudonymize.ts'),
})
