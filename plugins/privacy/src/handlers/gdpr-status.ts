import type {Handler} from '@omni-ops/core/operation'
import {requestStatus} from '../requests/status.ts'
import type {gdprStatus} from '../operations/gdpr-status.ts'

export const handle: Handler<typeof gdprStatus> = async (_input, context) => requestStatus(context)
