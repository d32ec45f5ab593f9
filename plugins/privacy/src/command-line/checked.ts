import type * as z from 'zod'
import {InvalidInputError} from '@omni-ops/core/operation'

/** What was typed, checked by the operation's schema; every problem at once. Throws InvalidInputError. */
export function checked<S extends z.ZodType>(schema: S, typed: z.input<S>): z.output<S> {
  const parsed = schema.safeParse(typed)
  if (parsed.success) return parsed.data
  const problems = parsed.error.issues.map(({path, message}) => `--${path.join('.').replaceAll('_', '-')}: ${message}`)
  throw new InvalidInputError(problems.join('; '))
}
