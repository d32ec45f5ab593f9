import * as z from 'zod'
import {defineOperation} from '@omni-ops/core/operation'
import {textField} from './schemas.ts'

export const unmask = defineOperation({
  id: 'privacy.unmask',
  summary: 'Bring back what a mask map keeps',
  description:
    'The file becomes byte for byte what it was before `omni privacy mask --map`; what was edited outside the placeholders stays edited. A database, Word document or mail gets its values back in a copy at --out.',
  http: {
    method: 'POST',
    path: '/api/v1/privacy/unmask',
    description: 'Needs the map that was written when the text was masked, and the same privacy key.',
  },
  scopes: ['privacy:reveal'],
  effects: 'read',
  confidential: true,
  input: z.object({
    text: textField,
    map: z.string().min(1).max(10_000_000).describe('The content of the map that was written when it was masked'),
  }),
  output: z.object({
    text: z.string().describe('The text with its values back'),
    restored: z.int().describe('How many values were put back'),
  }),
  cli: {
    examples: ['omni privacy unmask masked.csv --map customers.map --out customers.csv'],
  },
  example: {text: 'Dear [PERSON_1]', map: '{"omni":"mask-map", …}'},
  handler: () => import('../handlers/unmask.ts'),
})
