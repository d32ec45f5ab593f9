import {defineOperation} from '@omni-ops/core/operation'
import * as z from 'zod'
import {AnsweredFile, DashboardFormat, dataFields} from './schemas.ts'

const {save_to_disk: _save, output_dir: _directory, formats: _formats, ...data} = dataFields

export const exportPage = defineOperation({
  id: 'dashboard.export',
  summary: 'Give a dashboard another form, from what is kept of it or built anew',
  description:
    'A page of the dashboards directory is given as it is, or made from the JSON that is kept beside it. With --sample, ' +
    '--source or --data it is built anew and nothing is kept; a JSON file of this machine is read here.',
  http: {
    method: 'GET',
    path: '/api/v1/dashboards/export',
    description:
      'A page of the dashboards directory is given as it is, or made from the JSON that is kept beside it. With sample or ' +
      'source it is built anew and nothing is kept. With `Accept: image/*` a picture comes as it is.',
    file: {
      types: 'image/*',
      of: ({content, encoding, media_type: mediaType}) =>
        content !== null && encoding === 'base64' && mediaType.startsWith('image/')
          ? {data: content, mediaType}
          : undefined,
    },
  },
  scopes: ['dashboard:read'],
  effects: 'read',
  input: z.object({
    page: z.string().min(1).max(300).describe('A page by its path, or the newest of a name'),
    format: DashboardFormat.default('html').describe('What to make'),
    ...data,
  }),
  output: AnsweredFile.omit({file: true}).extend({title: z.string()}),
  cli: {
    args: ['page'],
    names: {where: 'filter'},
    columns: ['title', 'format', 'bytes', 'sha256'],
    examples: [
      'omni dashboard export "Revenue Analytics" --format json --out revenue.json',
      'omni dashboard export weekly/security-auth --out page.html',
      'omni dashboard export revenue.json --out revenue.html',
    ],
  },
  example: {page: 'weekly/security-auth', format: 'json'},
  handler: () => import('../handlers/export.ts'),
})
