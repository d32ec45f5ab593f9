import type {Handler} from '@omni-ops/core/operation'
import {removeRecipient} from '../recipients/recipients.ts'
import type {gdprRecipientsRemove} from '../operations/gdpr-recipients-remove.ts'

export const handle: Handler<typeof gdprRecipientsRemove> = async ({recipient}, context) => {
  await removeRecipient(recipient, context)
  return {recipient, removed: true}
}
