import * as z from 'zod'
import {defineOperation} from '@omni-ops/core/operation'

export const ccpaGpc = defineOperation({
  id: 'ccpa.gpc',
  summary: 'Take note of a browser’s opt-out signal',
  description:
    'Global Privacy Control is a valid request to opt out for the browser, the device and its pseudonymous profile, and for the consumer once known (11 CCR 7025(c)).',
  http: {method: 'POST', path: '/api/v1/ccpa/gpc'},
  scopes: ['gdpr:write'],
  effects: 'write',
  input: z.object({
    sec_gpc: z.string().max(8).default('1').describe('The value of the header Sec-GPC; only 1 is a signal'),
    browser: z.string().trim().min(1).max(200).optional().describe('An identifier of the browser'),
    device: z.string().trim().min(1).max(200).optional().describe('An identifier of the device'),
    profile_id: z.string().trim().min(1).max(200).optional().describe('A pseudonymous profile'),
    user: z.string().trim().min(1).max(320).optional().describe('The consumer, where they are known'),
  }),
  output: z.object({
    opted_out: z.boolean(),
    bound: z.array(z.object({kind: z.string(), value: z.string()})).describe('What the opt-out holds for'),
  }),
  cli: {
    rows: 'bound',
    columns: ['kind', 'value'],
    examples: ['omni ccpa gpc --browser b-71', 'omni ccpa gpc --browser b-71 --user ana@example.com'],
  },
  example: {sec_gpc: '1', browser: 'b-71'},
  handler: () => import('../handlers/ccpa-gpc.ts'),
})
