import type {Handler} from '@omni-ops/core/operation'
import {setRecipient} from '../recipients/recipients.ts'
import {recipientOut} from './ledger-outputs.ts'
import type {gdprRecipientsSet} from '../operations/gdpr-recipients-set.ts'

export const handle: Handler<typeof gdprRecipientsSet> = async ({recipient: id, contact, ...known}, context) =>
  recipientOut(await setRecipient({id, ...known, contact: contact ?? null}, context))
