import {defineOperation} from '@omni-ops/core/operation'
import * as z from 'zod'
import {BuildOutput, type BuiltPage, dataFields} from './schemas.ts'

export const build = defineOperation({
  id: 'dashboard.build',
  summary: 'Build dashboards as pages that open from disk with no network',
  description:
    'Each type is built with the metrics that the data have, and says what they lack: no number is made up. With --data ' +
    'the data stay on this machine.',
  http: {
    method: 'POST',
    path: '/api/v1/dashboards/build',
    description:
      'Each type is built with the metrics that the data have, and says what they lack: no number is made up.',
  },
  scopes: ['dashboard:write'],
  effects: 'write',
  input: z.object({
    names: z.array(z.string().min(1).max(100)).max(40).default([]).describe('Names of types'),
    prompt: z
      .string()
      .min(1)
      .max(2000)
      .optional()
      .describe('What one dashboard is to show, in words: a language model proposes it'),
    model: z.string().min(1).max(200).optional().describe('Who proposes: a group, a deployment or provider/model'),
    offline: z.boolean().default(false).describe('Ask no model: the nearest type answers the prompt'),
    strict: z.boolean().default(false).describe('End with 7, and build nothing, where no proposal can be shown'),
    dry_run: z.boolean().default(false).describe('Answer the proposal as data, and build no page'),
    priority_filter: z.int().min(1).max(3).optional().describe('Only types of this priority'),
    ...dataFields,
  }),
  output: BuildOutput,
  cli: {
    args: ['names'],
    names: {priority_filter: 'priority', output_dir: 'directory', where: 'filter', formats: 'format'},
    commas: ['formats'],
    omit: ['save_to_disk'],
    rows: 'dashboards',
    columns: ['title', 'status', 'panels_shown', 'file', 'error.message'],
    examples: [
      'omni dashboard build "Revenue Analytics" --data sales.csv',
      'omni dashboard build --all --sample --out ./dashboards',
      'omni dashboard build "User Analytics" --sample --format html,json',
      'omni dashboard build --prompt "weekly revenue by region, and where refunds hurt" --data sales.csv',
      'omni dashboard build "Security & Auth" --source logins --time-zone Europe/Ljubljana',
    ],
  },
  example: {names: ['Revenue Analytics'], sample: true},
  outcome: ({dashboards}) => {
    if (dashboards.length > 0 && dashboards.every(({status}) => status === 'failed')) return 1
    const isWhole = ({status, proposal}: z.output<typeof BuiltPage>) =>
      (status === 'built' || status === 'proposed') && (proposal?.fallback?.code ?? 'offline') === 'offline'
    return dashboards.every(isWhole) ? 0 : 3
  },
  handler: () => import('../handlers/build.ts'),
})
