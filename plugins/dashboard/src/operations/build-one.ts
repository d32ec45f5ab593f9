import {defineOperation} from '@omni-ops/core/operation'
import * as z from 'zod'
import {BuiltPage, dataFields} from './schemas.ts'

export const buildOne = defineOperation({
  id: 'dashboard.build-one',
  summary: 'Build one dashboard of the types',
  description: 'What `dashboard.build` does, for one type; what keeps it from being built is an error.',
  http: {method: 'POST', path: '/api/v1/dashboards/build/{name}'},
  scopes: ['dashboard:write'],
  effects: 'write',
  input: z.object({name: z.string().min(1).max(100).describe('The type'), ...dataFields}),
  output: BuiltPage,
  cli: {
    args: ['name'],
    names: {output_dir: 'directory', where: 'filter', formats: 'format'},
    commas: ['formats'],
    omit: ['save_to_disk'],
    columns: ['title', 'status', 'panels_shown', 'file'],
    examples: ['omni dashboard build-one "AI Performance" --sample'],
  },
  outcome: ({status}) => (status === 'built' ? 0 : 3),
  handler: () => import('../handlers/build-one.ts'),
})
