import * as z from 'zod'
import {day, head, identifier, Party, text, texts} from './register-parts.ts'

const areas = ['premises', 'workplace', 'public_transport', 'public_area'] as const

const System = z.strictObject({
  id: identifier,
  name: text,
  area: z.enum(areas).describe('ZVOP-2, Articles 77, 78, 79, 80'),
  cameras: z.int().min(1),
  places: texts,
  purposes: texts,
  decision: z.strictObject({by: text, on: day, reasons: text}).describe('76(2)'),
  notice: z
    .strictObject({
      published: day,
      /** What is required beside the fact itself, its purposes and the controller. */
      contents: z
        .array(z.enum(['surveillance', 'purposes_and_controller', 'special_effects', 'officer', 'unusual_processing']))
        .min(1),
      web: z.url().optional(),
    })
    .optional()
    .describe('76(3) to (5)'),
  sound: z.boolean().default(false),
  sound_reasons: text.optional().describe('76(7): why sound is necessary'),
  live: z.boolean().default(false),
  retention_days: z.number().positive().describe('76(9), 79(2), 80(6)'),
  employees_informed: day.optional().describe('77(3), 78(5)'),
  consulted: z.strictObject({with: text, from: day, to: day}).optional().describe('78(6)'),
  authorised: texts.optional().describe('Who may watch: 78(4), 80(3)'),
  operator: text.optional().describe('A processor'),
  started: day.optional(),
  ended: day.optional(),
})

/** Video surveillance under ZVOP-2, articles 76 to 80. */
export const Video = z.strictObject({...head, controller: Party, systems: z.array(System)})
export type Video = z.output<typeof Video>
