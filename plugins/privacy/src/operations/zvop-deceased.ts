import * as z from 'zod'
import {defineOperation, ExitCode} from '@omni-ops/core/operation'
import {day} from './register-parts.ts'

export const zvopDeceased = defineOperation({
  id: 'zvop.deceased',
  summary: 'Say whether data on somebody who died may be given to whoever asks',
  description: 'By ZVOP-2, Article 9, for 20 years after the death. Ends with 7 where they may not.',
  http: {method: 'POST', path: '/api/v1/zvop/deceased'},
  scopes: ['zvop:read'],
  effects: 'read',
  input: z.object({
    died: day.describe('The day of death'),
    requester: z
      .enum([
        'authorised_by_law',
        'legal_interest',
        'spouse',
        'partner',
        'child',
        'parent',
        'heir',
        'research',
        'other',
      ])
      .describe('Who asks'),
    forbidden: z.boolean().default(false).describe('The deceased forbade it in writing'),
  }),
  output: z.object({
    protected: z.boolean().describe('Whether the 20 years are not over'),
    until: z.string().describe('Their last day'),
    allowed: z.boolean(),
    reason: z.string(),
    citation: z.string(),
    verified: z.boolean(),
  }),
  cli: {
    args: ['died'],
    columns: ['allowed', 'reason', 'until', 'citation'],
    examples: ['omni zvop deceased 2019-03-02 --requester child'],
  },
  outcome: ({allowed}) => (allowed ? ExitCode.done : ExitCode.gateFailed),
  handler: () => import('../handlers/zvop-deceased.ts'),
})
