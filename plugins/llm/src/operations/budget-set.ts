import {defineOperation} from '@omni-ops/core/operation'
import * as z from 'zod'
import {BudgetOutput, usdField} from './schemas.ts'

/** Whether the IANA database has a time zone of this name. */
function isTimeZone(name: string): boolean {
  try {
    return Intl.DateTimeFormat('en', {timeZone: name}) !== undefined
  } catch {
    return false
  }
}

export const budgetSet = defineOperation({
  id: 'llm.budget.set',
  summary: 'Limit what may be spent on models',
  description:
    'A hard budget refuses a call whose worst case does not fit, or whose price nobody knows; a soft one warns. One with ' +
    'the same scope, owner and window takes the place of the one before.',
  http: {method: 'PUT', path: '/api/v1/llm/budgets'},
  scopes: ['llm:admin'],
  effects: 'write',
  input: z.object({
    usd: usdField.describe('US dollars for each window'),
    scope: z.enum(['tenant', 'key', 'model']).default('tenant').describe('Whose spending is limited'),
    of: z
      .string()
      .min(1)
      .max(200)
      .optional()
      .describe('The key (its name or prefix) or the model; every one by itself without it'),
    window: z.enum(['day', 'week', 'month', 'total']).default('month').describe('How often it begins anew'),
    time_zone: z
      .string()
      .max(60)
      .refine(isTimeZone, 'must be a time zone of the IANA database, such as Europe/Ljubljana')
      .default('UTC')
      .describe('Whose midnight, such as Europe/Ljubljana'),
    soft: z.boolean().default(false).describe('Warn and let the call through'),
  }),
  output: BudgetOutput,
  cli: {
    args: ['usd'],
    columns: ['id', 'scope', 'of', 'window', 'time_zone', 'limit_usd', 'hard'],
    examples: [
      'omni llm budget set 50',
      'omni llm budget set 2.50 --scope key --window day --time-zone Europe/Ljubljana',
    ],
  },
  handler: () => import('../handlers/budget-set.ts'),
})
