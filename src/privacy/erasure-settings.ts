import * as z from 'zod'
import type {SettingDeclaration} from '../operation/plugin.ts'

export const erasureSettings: readonly SettingDeclaration[] = [
  {
    name: 'erasure.key',
    description:
      'Secret of at least 32 characters for the lists of erased people; needed where servers share a database',
    schema: () => z.string().min(32),
    secret: true,
  },
  {
    name: 'erasure.directory',
    description: 'Where the list of erasures is kept that is replayed after a restore; outside of what is backed up',
    schema: () => z.string().min(1),
  },
]
