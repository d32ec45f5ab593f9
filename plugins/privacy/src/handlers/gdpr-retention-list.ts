import type {Handler} from '@omni-ops/core/operation'
import {retentionOf} from '../retention/retention.ts'
import {retentionText} from './request-outputs.ts'
import type {gdprRetentionList} from '../operations/gdpr-retention-list.ts'

export const handle: Handler<typeof gdprRetentionList> = async (_input, context) => ({
  places: (await retentionOf(context)).map(({place, retention, days, after, due}) => ({
    place,
    retention: retentionText(retention),
    days,
    after,
    due,
  })),
})
