import {defineOperation} from '@omni-ops/core/operation'
import * as z from 'zod'

/** The command, the route, the GraphQL mutation and the tool `guestbook_sign` follow from this. */
export const sign = defineOperation({
  id: 'guestbook.sign',
  summary: 'Sign the guest book',
  http: {method: 'POST', path: '/api/v1/guestbook/entries'},
  scopes: ['guestbook:write'],
  effects: 'write',
  input: z.object({
    guest: z.string().trim().min(1).max(200).describe('Who signs'),
    words: z.string().trim().min(1).default('I was here.').describe('What they leave behind'),
  }),
  output: z.object({
    id: z.string(),
    guest: z.string(),
    words: z.string(),
    signed_at: z.string().describe('ISO 8601, in UTC'),
    entries: z.int().describe('How many there are now'),
  }),
  cli: {
    args: ['guest'],
    examples: ['omni guestbook sign "Ada Lovelace" --words "What a machine."'],
  },
  handler: () => import('../handlers/sign.js'),
})
