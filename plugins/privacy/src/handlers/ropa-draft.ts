import type {Handler} from '@omni-ops/core/operation'
import type {ropaDraft} from '../operations/ropa-draft.ts'
import {draftActivities} from '../registers/draft-ropa.ts'

export const handle: Handler<typeof ropaDraft> = async (_input, context) => ({
  activities: draftActivities(await context.registry.privacy()).map(activity => ({
    ...activity,
    purposes: [...activity.purposes],
    legal_basis: [...activity.legal_basis],
    data_subjects: [...activity.data_subjects],
    data_categories: [...activity.data_categories],
    recipients: [...activity.recipients],
    retention: [...activity.retention],
  })),
})
