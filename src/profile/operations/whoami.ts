import * as z from 'zod'
import {defineOperation} from '../../operation/operation.ts'

/** Who asks, as the place that answers sees it. */
export const Identity = z.object({
  principal: z.string(),
  kind: z.enum(['local', 'key', 'user', 'system']),
  tenant: z.string(),
  scopes: z.array(z.string()).describe('What it may do; * is everything'),
})

export const whoami = defineOperation({
  id: 'whoami',
  summary: 'Tell who you are to the profile in use, and what you may do',
  http: {method: 'GET', path: '/api/v1/whoami'},
  scopes: [],
  effects: 'read',
  input: z.object({}),
  output: Identity,
  cli: {examples: ['omni whoami', 'omni whoami --profile prod --json']},
  handler: () => import('../handlers/whoami.ts'),
})
