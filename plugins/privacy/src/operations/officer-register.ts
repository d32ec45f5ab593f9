import * as z from 'zod'
import {day, head, Party, text, texts} from './register-parts.ts'

const Person = z.strictObject({
  name: text,
  post: text,
  email: z.email(),
  phone: text,
  employer: text.optional().describe('Where the officer is not an employee'),
})

/** The data protection officer (GDPR, articles 37 to 39; ZVOP-2, articles 45 to 49). */
export const Officer = z.strictObject({
  ...head,
  controller: Party,
  required: texts.describe('Why there is one: 37(1)(a) to (c), ZVOP-2 45(1), or that it is voluntary'),
  officer: Person,
  deputy: Person.optional(),
  designated: day,
  published: day.optional().describe('37(7): when the contact was published'),
  notified: day.optional().describe('37(7): when the supervisory authority was told'),
  qualifications: texts.describe('37(5)'),
  conflicts: text.describe('38(6): other tasks, and why they are in no conflict'),
})
export type Officer = z.output<typeof Officer>
