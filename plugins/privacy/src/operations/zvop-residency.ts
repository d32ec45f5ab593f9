import * as z from 'zod'
import {defineOperation, ExitCode} from '@omni-ops/core/operation'

export const zvopResidency = defineOperation({
  id: 'zvop.residency',
  summary: 'Show where this profile keeps data and sends them, and whether it may',
  description:
    'With residency.country set, whatever is not known to be there is refused before anything is sent: a remote profile, a database, vectors, embeddings, models. Ends with 7 where something is refused. Nothing is contacted.',
  scopes: ['zvop:read'],
  effects: 'read',
  input: z.object({}),
  output: z.object({
    country: z.string().nullable().describe('What data may not leave; null where they may go anywhere'),
    citation: z.string(),
    places: z.array(
      z.object({
        place: z.string(),
        what: z.string(),
        location: z.string().nullable().describe('local for this machine; null where nobody said'),
        allowed: z.boolean(),
        message: z.string(),
      }),
    ),
  }),
  cli: {
    rows: 'places',
    columns: ['place', 'what', 'location', 'allowed', 'message'],
    examples: ['omni zvop residency'],
  },
  outcome: ({places}) => (places.every(({allowed}) => allowed) ? ExitCode.done : ExitCode.gateFailed),
  handler: () => import('../handlers/zvop-residency.ts'),
})
