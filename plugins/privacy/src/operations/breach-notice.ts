import * as z from 'zod'
import {defineOperation} from '@omni-ops/core/operation'
import {Breaches} from './breach-register.ts'
import {DocumentOutput, documentLanguageField} from './register-operation.ts'
import {breach} from './registers.ts'

export const breachNotice = defineOperation({
  id: 'gdpr.breach.notice',
  summary: 'Write the notification of a breach to the authority, or the message to the people',
  description: 'With what GDPR, Article 33(3) or 34(2) asks for, from the register. Nothing is sent.',
  http: {
    method: 'POST',
    path: '/api/v1/gdpr/breach/notice',
    description: 'Writes the letter about one breach of a register, which is sent whole. Keeps nothing.',
  },
  scopes: ['gdpr:read'],
  effects: 'read',
  input: z.object({
    register: Breaches.describe('The register'),
    breach: z.string().min(1).describe('The breach by its id'),
    to: z.enum(['authority', 'people']).default('authority').describe('Whom it is written to'),
    as: z.enum(['pdf', 'text']).default('text').describe('In which form'),
    language: documentLanguageField,
    missing: z.string().min(1).max(2000).optional().describe('What is not known yet and will follow (33(4))'),
  }),
  output: z.object({due: z.iso.datetime().describe('When the 72 hours are over'), document: DocumentOutput}),
  cli: {
    omit: ['register'],
    args: ['breach'],
    examples: [
      'omni gdpr breach notice 2026-01',
      'omni gdpr breach notice 2026-01 --to people --as pdf --language sl --out message.pdf',
    ],
  },
  example: {register: breach.example?.register as z.input<typeof Breaches>, breach: '2026-01'},
  handler: () => import('../handlers/breach-notice.ts'),
})
