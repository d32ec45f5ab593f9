import {defineOperation} from '@omni-ops/core/operation'
import * as z from 'zod'

export const sampleData = defineOperation({
  id: 'dashboard.sample-data',
  summary: 'Write the sample data of a type as CSV files, the same for the same seed',
  scopes: ['dashboard:read'],
  effects: 'write',
  input: z.object({
    type: z.string().min(1).max(100).describe('The type of dashboard'),
    seed: z.int().min(0).max(2_147_483_647).default(1).describe('Another seed gives other data'),
    dir: z.string().min(1).max(4096).optional().describe('The DIRECTORY to write them to; without it, sample-TYPE'),
  }),
  output: z.object({
    directory: z.string(),
    files: z.array(z.object({file: z.string(), rows: z.int()})),
  }),
  cli: {
    args: ['type'],
    rows: 'files',
    columns: ['file', 'rows'],
    examples: ['omni dashboard sample-data "Revenue Analytics" --seed 7 --dir ./sample'],
  },
  handler: () => import('../handlers/sample-data.ts'),
})
