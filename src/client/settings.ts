import * as z from 'zod'
import type {SettingDeclaration} from '../operation/plugin.ts'

/** Where a profile's data is, if not on this machine. */
export const remoteSettings: readonly SettingDeclaration[] = [
  {
    name: 'remote.url',
    description: 'Run every command against this deployment instead of this machine’s data',
    schema: () => z.url({protocol: /^https?$/}),
    env: ['OMNI_URL'],
  },
  {
    name: 'remote.api_key',
    description: 'Key for the deployment',
    schema: () => z.string().regex(/^[\x21-\x7E]+$/, 'must be printable ASCII without spaces'),
    env: ['OMNI_API_KEY'],
    secret: true,
  },
  {
    name: 'remote.key_file',
    description: 'File that holds the key for the deployment, where the environment has none',
    schema: () => z.string().min(1),
  },
  {
    name: 'remote.ca_file',
    description: 'PEM file of certificate authorities to trust besides the usual ones',
    schema: () => z.string().min(1),
  },
  {
    name: 'remote.silence_seconds',
    description: 'How long the deployment may give no sign of life',
    schema: () => z.coerce.number().min(1).max(3600),
    default: 60,
  },
  {
    name: 'remote.allow_http',
    description: 'Let the key travel to another machine without TLS',
    schema: () => z.boolean(),
    default: false,
  },
]
