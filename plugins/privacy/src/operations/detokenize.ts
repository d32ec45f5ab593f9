import * as z from 'zod'
import {defineOperation} from '@omni-ops/core/operation'

export const detokenize = defineOperation({
  id: 'privacy.detokenize',
  summary: 'Get back the values that tokens stand for',
  description:
    'Each use is written to the audit log, with the reason and without the values. Unknown and expired tokens have the value null.',
  http: {method: 'POST', path: '/api/v1/privacy/detokenize'},
  scopes: ['privacy:reveal'],
  effects: 'write',
  confidential: true,
  input: z.object({
    tokens: z.array(z.string().min(1).max(100)).min(1).max(1000).describe('The tokens'),
    reason: z.string().min(3).max(500).describe('Why, for the audit log'),
  }),
  output: z.object({
    values: z
      .array(
        z.object({
          token: z.string().describe('As it was given'),
          value: z.string().nullable().describe('What it stands for; null where nobody knows, or where it is withheld'),
        }),
      )
      .describe('In the order of the tokens'),
    missing: z.int().describe('How many tokens nobody knows'),
    withheld: z.int().describe('How many values are not told: of persons who restricted that (GDPR, article 18)'),
  }),
  outcome: ({missing, withheld, values}) => (missing === values.length ? 5 : missing + withheld > 0 ? 3 : 0),
  cli: {
    args: ['tokens'],
    hints: {tokens: '- reads one per line from stdin'},
    rows: 'values',
    examples: ['omni privacy detokenize tok_7aq… --reason "Refund 1042"'],
  },
  handler: () => import('../handlers/detokenize.ts'),
})
