import {defineOperation} from '@omni-ops/core/operation'
import * as z from 'zod'

export const diff = defineOperation({
  id: 'dashboard.diff',
  summary: 'Compare two builds of a dashboard: definitions, figures and points',
  description:
    'Each is a JSON build or a built page. Ends with 7 where they differ. A page has no definition, so that with one of ' +
    'them only panels, figures and points are compared.',
  scopes: ['dashboard:read'],
  effects: 'read',
  input: z.object({
    before: z.string().min(1).max(4096).describe('The earlier FILE'),
    after: z.string().min(1).max(4096).describe('The later FILE'),
  }),
  output: z.object({
    same: z.boolean(),
    counts: z.object({spec: z.int(), panel: z.int(), figure: z.int(), point: z.int()}),
    changes: z.array(
      z.object({
        kind: z.enum(['spec', 'panel', 'figure', 'point']),
        panel: z.string().nullable().describe('Its id; null for what is of the whole dashboard'),
        name: z.string().describe('The field of a spec, or the title of a figure or series'),
        at: z.string().nullable().describe('The step or category of a point'),
        before: z.string().nullable(),
        after: z.string().nullable(),
        absolute: z.string().nullable().describe('How much more it is, as an exact decimal'),
        relative: z.string().nullable().describe('The same as a share of what was before; null where that was 0'),
      }),
    ),
  }),
  cli: {
    args: ['before', 'after'],
    rows: 'changes',
    columns: ['kind', 'panel', 'name', 'at', 'before', 'after', 'absolute', 'relative'],
    examples: ['omni dashboard diff monday.json tuesday.json', 'omni dashboard diff monday.html tuesday.html --json'],
  },
  outcome: ({same}) => (same ? 0 : 7),
  handler: () => import('../handlers/diff.ts'),
})
