import * as z from 'zod'
import {head, identifier, moment, Party, text, texts} from './register-parts.ts'

const Count = z.int().min(0)

const Breach = z.strictObject({
  id: identifier,
  happened_at: moment.optional(),
  aware_at: moment.describe('When one became aware: the 72 hours of 33(1) begin'),
  nature: text.describe('33(3)(a)'),
  persons: z.strictObject({categories: texts, approximately: Count.optional()}).describe('33(3)(a)'),
  records: z.strictObject({categories: texts, approximately: Count.optional()}).describe('33(3)(a)'),
  contact: Party.describe('33(3)(b): the officer, or whoever knows more'),
  consequences: texts.describe('33(3)(c)'),
  measures: texts.describe('33(3)(d)'),
  risk: z.enum(['unlikely', 'likely', 'high']).describe('To the rights and freedoms of natural persons'),
  why_unlikely: text.optional().describe('Why no notification is needed (33(1))'),
  notifications: z
    .array(z.strictObject({at: moment, content: text}))
    .default([])
    .describe('To the supervisory authority, in phases (33(4)); the first one is what 33(1) asks for'),
  delay_reasons: text.optional().describe('33(1), where the first came later than 72 hours'),
  communication: z.strictObject({at: moment, how: text}).optional().describe('To the persons (34(1))'),
  not_communicated: z
    .strictObject({
      because: z.enum(['unintelligible', 'risk_removed', 'disproportionate']).describe('34(3)(a), (b), (c)'),
      explanation: text,
      public_communication: text.optional().describe('34(3)(c): how the public was told instead'),
    })
    .optional(),
  closed_at: moment.optional(),
})

/** Every personal data breach, notified or not (GDPR, article 33(5)). */
export const Breaches = z.strictObject({...head, controller: Party, breaches: z.array(Breach)})
export type Breaches = z.output<typeof Breaches>
export type Breach = Breaches['breaches'][number]
