import * as z from 'zod'
import {defineOperation} from '@omni-ops/core/operation'

export const gdprRetentionRun = defineOperation({
  id: 'gdpr.retention.run',
  summary: 'Delete personal data whose time is over',
  description:
    'Storage limitation (GDPR, article 5(1)(e)), by what each table declares. What a legal hold covers stays.',
  http: {method: 'POST', path: '/api/v1/gdpr/retention/run'},
  scopes: ['gdpr:write'],
  effects: 'destructive',
  input: z.object({
    place: z.string().max(120).optional().describe('Only in this place, as `store table`'),
    dry_run: z.boolean().default(false).describe('Only tell what would be deleted'),
  }),
  output: z.object({
    places: z.array(z.object({place: z.string(), due: z.int(), deleted: z.int(), held: z.int()})),
    dry_run: z.boolean(),
  }),
  cli: {
    rows: 'places',
    columns: ['place', 'due', 'deleted', 'held'],
    confirm: 'yes',
    examples: ['omni gdpr retention run --dry-run', 'omni gdpr retention run --yes'],
  },
  handler: () => import('../handlers/gdpr-retention-run.ts'),
})
