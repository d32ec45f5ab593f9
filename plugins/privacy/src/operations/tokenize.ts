import * as z from 'zod'
import {defineOperation} from '@omni-ops/core/operation'
import {domainField, tokenModes} from './schemas.ts'

const daySeconds = 86_400

export const tokenize = defineOperation({
  id: 'privacy.tokenize',
  summary: 'Keep values in the vault and get tokens for them',
  description:
    'The values are encrypted under privacy.key. A random token is new each time; a convergent one is the same for the same value of one domain.',
  http: {method: 'POST', path: '/api/v1/privacy/tokenize'},
  scopes: ['privacy:write'],
  effects: 'write',
  input: z.object({
    values: z.array(z.string().min(1).max(100_000)).min(1).max(1000).describe('The values'),
    domain: domainField,
    mode: z.enum(tokenModes).default('random').describe('A new token each time, or the same for the same value'),
    ttl_days: z.number().positive().max(36_500).optional().describe('Forget the values after so many days'),
  }),
  output: z.object({
    tokens: z
      .array(
        z.object({
          token: z.string().describe('Stands for the value'),
          expires_at: z.iso.datetime().nullable().describe('When the value is forgotten; null for never'),
        }),
      )
      .describe('In the order of the values'),
  }),
  cli: {
    args: ['values'],
    hints: {values: '- reads one per line from stdin'},
    rows: 'tokens',
    examples: [
      'omni privacy tokenize - --domain payroll < ibans.txt',
      'omni privacy tokenize - --mode convergent --ttl-days 30 < emails.txt',
    ],
  },
  example: {values: ['SI56 1910 0000 0123 438'], domain: 'payroll', ttl_days: 30},
  handler: () => import('../handlers/tokenize.ts'),
})

/** Days as the seconds that the vault counts in. */
export function secondsOf(days: number): number {
  return days * daySeconds
}
