import * as z from 'zod'
import {defineOperation} from '../../operation/operation.ts'

export const pluginsCreate = defineOperation({
  id: 'plugins.create',
  summary: 'Write a plugin to begin with: an operation, a service, a table, and a test that passes',
  scopes: ['plugins:write'],
  effects: 'write',
  input: z.object({
    name: z.string().min(1).describe('The topic of its commands: one word'),
    dir: z
      .string()
      .min(1)
      .optional()
      .describe('The DIRECTORY to write it to, new or empty; without it, omni-plugin-NAME'),
  }),
  output: z.object({
    name: z.string(),
    package: z.string(),
    directory: z.string(),
    files: z.array(z.string()),
    next: z.array(z.string()).describe('What to do with it'),
  }),
  cli: {
    args: ['name'],
    columns: ['directory', 'files'],
    examples: ['omni plugins create greeting', 'omni plugins create greeting --dir ./greeting'],
  },
  handler: () => import('../handlers/create.ts'),
})
