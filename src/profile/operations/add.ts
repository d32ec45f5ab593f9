import * as z from 'zod'
import {defineOperation} from '../../operation/operation.ts'
import {ProfileName, ProfileSummary} from './profile.ts'

export const profileAdd = defineOperation({
  id: 'profile.add',
  summary: 'Add a profile: a deployment to work with, or data of its own on this machine',
  description:
    'With --url every command of the profile runs against that deployment. Without, the profile has settings and ' +
    'data of its own here. The key comes from stdin or a file, never from a flag, and is kept in a file that only you can read.',
  scopes: ['config:write'],
  effects: 'write',
  input: z.object({
    name: ProfileName,
    url: z
      .url({protocol: /^https?$/, error: 'must be an http or https URL'})
      .optional()
      .describe('The deployment'),
    key: z
      .string()
      .regex(/^[\x21-\x7E]+$/, 'must be printable ASCII without spaces')
      .max(8192)
      .optional()
      .describe('Key for the deployment'),
    default_tenant: z.string().min(1).optional().describe('The tenant to work in; by default the key’s own'),
    silence_seconds: z.int().min(1).max(3600).optional().describe('How long the deployment may give no sign of life'),
    ca_file: z
      .string()
      .min(1)
      .optional()
      .describe('PEM file of certificate authorities to trust besides the usual ones'),
    allow_http: z.boolean().default(false).describe('Let the key travel to another machine without TLS'),
    replace: z.boolean().default(false).describe('Replace a profile of this name'),
    use: z.boolean().default(false).describe('Make it the profile that commands use where none is named'),
  }),
  output: ProfileSummary.extend({file: z.string()}),
  cli: {
    args: ['name'],
    omit: ['key'],
    examples: [
      'omni profile add prod --url https://omni.example.com --key-stdin < key.txt',
      'omni profile add prod --url https://omni.example.com --key-file key.txt --use',
      'omni profile add experiments',
    ],
  },
  handler: () => import('../handlers/add.ts'),
})
