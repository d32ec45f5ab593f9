import {InvalidInputError} from '@omni-ops/core/operation'
import * as z from 'zod'

/** How one query went. */
export const QueryOutcome = z.object({
  id: z.string(),
  question: z.string(),
  /** Measures by name, as far as they apply to this query. */
  measures: z.record(z.string(), z.number()),
  /** What was found, best first: sources, or ids of documents. */
  found: z.array(z.string()),
  expected: z.array(z.string()),
  answer: z.string().nullable(),
  answerable: z.boolean().nullable(),
  confidence: z.number().nullable(),
  search_ms: z.number(),
  answer_ms: z.number().nullable(),
})

/** One run of an evaluation, as it is saved: everything that another run can be compared with. */
export const EvaluationResult = z.object({
  format: z.literal('omni-evaluation'),
  version: z.literal(1),
  made_at: z.string(),
  set: z.string(),
  collection: z.string().nullable(),
  /** `extract`, or provider and model; null where only retrieval was measured. */
  answers: z.string().nullable(),
  docs_per_s: z.number().nullable(),
  outcomes: z.array(QueryOutcome),
})

export type QueryOutcome = z.output<typeof QueryOutcome>
export type EvaluationResult = z.output<typeof EvaluationResult>

/** The text is not a result that `omni rag eval --save` wrote. */
export class InvalidResultError extends InvalidInputError {
  override readonly code = 'rag_invalid_result'
}

/**
 * Reads a saved result.
 * @throws InvalidResultError
 */
export function parseResult(text: string, name: string): EvaluationResult {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new InvalidResultError(`${name} is not JSON`, {cause: error, hint: 'omni rag eval SET --save FILE.json'})
  }
  const parsed = EvaluationResult.safeParse(value)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new InvalidResultError(
    `${name} is not a saved evaluation: ${issue?.path.map(String).join('.') ?? ''} ${issue?.message ?? ''}`,
    {hint: 'omni rag eval SET --save FILE.json'},
  )
}
