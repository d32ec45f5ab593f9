import type {Handler} from '@omni-ops/core/operation'
import {settleNotice} from '../recipients/notices.ts'
import {noticeOut} from './ledger-outputs.ts'
import type {gdprNoticeSettle} from '../operations/gdpr-notice-settle.ts'

export const handle: Handler<typeof gdprNoticeSettle> = async ({notice: id, impossible, note}, context) => {
  const state = impossible === undefined ? 'told' : 'impossible'
  return noticeOut(await settleNotice({id, state, note: impossible ?? note ?? null}, context))
}
