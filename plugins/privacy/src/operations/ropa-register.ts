import * as z from 'zod'
import {country, head, identifier, Party, text, texts, Transfer} from './register-parts.ts'

const Activity = z.strictObject({
  id: identifier,
  name: text,
  purposes: texts.describe('30(1)(b)'),
  legal_basis: texts.describe('Article 6(1), and 9(2) where it applies'),
  data_subjects: texts.describe('30(1)(c)'),
  data_categories: texts.describe('30(1)(c)'),
  recipients: z.array(text).describe('30(1)(d); an empty list says that there are none'),
  transfers: z.array(Transfer).default([]).describe('30(1)(e)'),
  retention: texts.optional().describe('30(1)(f), where possible'),
  security: texts.optional().describe('30(1)(g), where possible'),
  special_categories: z.boolean().default(false),
  processors: z.array(identifier).default([]).describe('Ids in the register of processors'),
  residency: country.optional().describe('Where the data have to stay'),
})

const Commission = z.strictObject({
  id: identifier,
  controllers: z.array(Party).min(1).describe('30(2)(a): each controller on whose behalf one acts'),
  categories: texts.describe('30(2)(b)'),
  transfers: z.array(Transfer).default([]).describe('30(2)(c)'),
  security: texts.optional().describe('30(2)(d), where possible'),
})

/** The record of processing activities: as a controller (GDPR, article 30(1)) and as a processor (30(2)). */
export const Ropa = z.strictObject({
  ...head,
  controller: Party.describe('30(1)(a); for a processor, itself: 30(2)(a)'),
  joint_controllers: z.array(Party).default([]),
  representative: Party.optional(),
  dpo: Party.optional().describe('The data protection officer'),
  activities: z.array(Activity).default([]),
  commissions: z.array(Commission).default([]).describe('Processing on behalf of others'),
})
export type Ropa = z.output<typeof Ropa>
