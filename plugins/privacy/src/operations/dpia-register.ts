import * as z from 'zod'
import {day, head, identifier, text, texts} from './register-parts.ts'

const levels = ['low', 'medium', 'high'] as const

const Risk = z.strictObject({
  id: identifier,
  description: text,
  likelihood: z.enum(levels),
  severity: z.enum(levels),
  measures: z.array(text).describe('35(7)(d)'),
  residual: z.enum(levels).describe('What remains with the measures'),
})

/** A data protection impact assessment (GDPR, article 35(7)). */
export const Dpia = z.strictObject({
  ...head,
  id: identifier,
  name: text,
  activities: z.array(identifier).default([]).describe('Ids in the record of processing activities'),
  description: text.describe('35(7)(a): the processing, systematically'),
  purposes: texts.describe('35(7)(a)'),
  legitimate_interest: text.optional().describe('35(7)(a), where one is pursued'),
  necessity: text.describe('35(7)(b)'),
  proportionality: text.describe('35(7)(b)'),
  risks: z.array(Risk).min(1).describe('35(7)(c)'),
  compliance: texts.describe('35(7)(d): how compliance is shown'),
  dpo_advice: z.strictObject({by: text, on: day, advice: text}).optional().describe('35(2)'),
  views: text.optional().describe('35(9): of data subjects or their representatives, where appropriate'),
  prior_consultation: z.strictObject({on: day, outcome: text.optional()}).optional().describe('36(1)'),
  approved: z.strictObject({by: text, on: day}).optional(),
  review_by: day.optional().describe('35(11)'),
})
export type Dpia = z.output<typeof Dpia>
