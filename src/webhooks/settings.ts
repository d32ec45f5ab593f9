import * as z from 'zod'
import type {SettingDeclaration} from '../operation/plugin.ts'

export const webhookSettings: readonly SettingDeclaration[] = [
  {
    name: 'webhooks.key',
    description:
      'Secret that protects the secrets of webhook endpoints, at least 32 characters; needed on PostgreSQL, a file in the data directory otherwise',
    schema: () => z.string().min(32),
    secret: true,
  },
  {
    name: 'webhooks.allow_private_targets',
    description: 'Let webhooks go to http addresses and into private networks, this machine included',
    schema: () => z.boolean(),
    default: false,
  },
  {
    name: 'webhooks.timeout_seconds',
    description: 'How long a receiver may take to answer',
    schema: () => z.number().min(1).max(30),
    default: 15,
  },
  {
    name: 'webhooks.at_once',
    description: 'How many webhooks one server has under way at once; 0 leaves them to others',
    schema: () => z.int().min(0).max(1000),
    default: 64,
  },
]
