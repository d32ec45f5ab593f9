import type {Handler} from '@omni-ops/core/operation'
import {noticeLetter} from '../recipients/notice-letter.ts'
import type {gdprNoticeLetter} from '../operations/gdpr-notice-letter.ts'

export const handle: Handler<typeof gdprNoticeLetter> = async ({notice, language}, context) =>
  noticeLetter(notice, language, context)
