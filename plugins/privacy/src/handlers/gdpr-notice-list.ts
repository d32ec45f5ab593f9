import type {Handler} from '@omni-ops/core/operation'
import {listNotices} from '../recipients/notices.ts'
import {noticeOut} from './ledger-outputs.ts'
import type {gdprNoticeList} from '../operations/gdpr-notice-list.ts'

export const handle: Handler<typeof gdprNoticeList> = async (filter, context) => ({
  notices: (await listNotices(filter, context)).map(noticeOut),
})
