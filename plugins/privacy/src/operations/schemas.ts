import * as z from 'zod'
import {entityTypes} from '../detect/entity.ts'

export const EntityTypeName = z.enum(entityTypes)

export const typesField = z
  .array(EntityTypeName)
  .default([])
  .describe('Only these kinds of personal data; all by default')

export const thresholdField = z
  .number()
  .min(0)
  .max(1)
  .default(0.5)
  .describe('Leave out what is less certain than this, from 0 to 1')

export const textField = z.string().max(1_000_000).describe('The text; - reads it from stdin')

export const DetectedSpan = z.object({
  type: EntityTypeName,
  start: z.int().min(0).describe('UTF-16 offset into the text'),
  end: z.int().min(0).describe('Exclusive'),
  score: z.number().min(0).max(1),
  recognizer: z.string(),
  evidence: z.array(z.string()).describe('Why, in the order in which it was decided'),
})
