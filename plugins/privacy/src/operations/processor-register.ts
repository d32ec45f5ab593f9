import * as z from 'zod'
import {country, day, head, identifier, Party, text, texts} from './register-parts.ts'

const Processor = z.strictObject({
  id: identifier,
  processor: Party,
  service: text.describe('The subject matter of the processing'),
  data_categories: texts,
  data_subjects: texts,
  contract: z.strictObject({on: day, reference: text, until: day.optional()}).describe('28(3)'),
  countries: z.array(country).min(1).describe('Where it processes the data'),
  safeguards: text.optional().describe('For countries outside the European Economic Area (Chapter V)'),
  sub_processors: z
    .array(z.strictObject({name: text, country, authorised_on: day}))
    .default([])
    .describe('28(2), 28(4)'),
  security: texts.describe('28(3)(c)'),
  last_audit: day.optional().describe('28(3)(h)'),
  ended: z
    .strictObject({on: day, data: z.enum(['deleted', 'returned'])})
    .optional()
    .describe('28(3)(g)'),
})

/** The processors of a controller (GDPR, article 28). */
export const Processors = z.strictObject({...head, controller: Party, processors: z.array(Processor)})
export type Processors = z.output<typeof Processors>
