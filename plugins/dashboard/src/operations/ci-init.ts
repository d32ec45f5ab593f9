import {defineOperation} from '@omni-ops/core/operation'
import * as z from 'zod'

export const ciInit = defineOperation({
  id: 'dashboard.ci.init',
  summary: 'Write a pipeline that builds dashboards: on demand, every Monday, and after a deployment',
  description:
    'On demand it builds those of a priority or all, on Mondays at 02:00 UTC and after a deployment all. The pages are kept ' +
    'as an artifact. Secrets are named and never written. A file that is there is not overwritten.',
  scopes: ['config:write'],
  effects: 'write',
  input: z.object({
    provider: z.enum(['github', 'gitlab']).describe('Where the pipeline runs'),
    data: z.string().min(1).max(1000).optional().describe('The FILE or DIRECTORY of data in the repository'),
    source: z
      .string()
      .regex(/^[a-z][a-z0-9_-]{0,63}$/)
      .optional()
      .describe('A source of data of the settings'),
    sample: z.boolean().default(false).describe('Build from sample data'),
    catalog: z.string().min(1).max(1000).optional().describe('The FILE of a catalogue in the repository'),
    time_zone: z
      .string()
      .regex(/^[A-Za-z][A-Za-z0-9_+/-]{0,59}$/)
      .optional()
      .describe('Whose days these are'),
    secrets: z
      .array(z.string().regex(/^[A-Z_][A-Z0-9_]{0,99}$/, 'must be the name of a variable, in capitals'))
      .max(20)
      .default([])
      .describe('The NAME of a secret of the platform that the build gets as a variable; several may be given'),
    branch: z
      .string()
      .regex(/^[^\s~^:?*[\]\\]+$/, 'must be the name of a branch')
      .default('main')
      .describe('The branch from whose data dashboards are built'),
    package: z.string().min(1).max(200).default('@omni-ops/cli').describe('What npm installs'),
    out: z.string().min(1).max(1000).optional().describe("The FILE to write; by default the platform's own"),
    force: z.boolean().default(false).describe('Overwrite a file that is there'),
    dry_run: z.boolean().default(false).describe('Print the file and write nothing'),
  }),
  output: z.object({
    provider: z.enum(['github', 'gitlab']),
    file: z.string(),
    written: z.boolean(),
    content: z.string(),
    missing: z.array(z.string()).describe('What the pipeline reads and is not there yet'),
  }),
  cli: {
    names: {secrets: 'secret'},
    columns: ['file', 'written', 'missing'],
    examples: [
      'omni dashboard ci init --provider github --data exports',
      'omni dashboard ci init --provider gitlab --source sales --secret OMNI_DATABASE_URL',
      'omni dashboard ci init --provider github --sample --dry-run',
    ],
  },
  handler: () => import('../handlers/ci-init.ts'),
})
