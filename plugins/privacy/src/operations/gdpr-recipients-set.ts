import * as z from 'zod'
import {defineOperation} from '@omni-ops/core/operation'
import {RecipientOutput} from './ledger-schemas.ts'

export const gdprRecipientsSet = defineOperation({
  id: 'gdpr.recipients.set',
  summary: 'Add a recipient of personal data, or change what is known of one',
  http: {method: 'PUT', path: '/api/v1/gdpr/recipients/{recipient}'},
  scopes: ['gdpr:write'],
  effects: 'write',
  input: z.object({
    recipient: z
      .string()
      .regex(/^[a-z0-9][a-z0-9-]{0,62}$/)
      .describe('A short name: mail-provider'),
    name: z.string().trim().min(1).max(200).describe('What it is called'),
    role: z
      .enum(['processor', 'controller', 'joint_controller', 'authority'])
      .default('processor')
      .describe('What it is in data protection law'),
    country: z
      .string()
      .regex(/^[A-Z]{2}$/)
      .default('SI')
      .describe('Where it is, as ISO 3166-1 writes it'),
    channel: z.enum(['webhook', 'letter']).default('letter').describe('How it is told of corrections and erasures'),
    contact: z.string().max(320).optional().describe('Where letters go'),
    places: z
      .array(z.string().max(120))
      .max(200)
      .default([])
      .describe('Places whose records it gets as a rule, as `store table`'),
  }),
  output: RecipientOutput,
  cli: {
    args: ['recipient'],
    columns: ['id', 'name', 'role', 'country', 'channel'],
    examples: [
      'omni gdpr recipients set mail-provider --name "Pošta d.o.o." --channel letter --contact privacy@posta.example',
    ],
  },
  example: {recipient: 'mail-provider', name: 'Pošta d.o.o.'},
  handler: () => import('../handlers/gdpr-recipients-set.ts'),
})
