import type * as z from 'zod'
import type {DisclosureOutput, NoticeOutput, RecipientOutput} from '../operations/ledger-schemas.ts'
import type {Notice} from '../recipients/notices.ts'
import type {Disclosure, Recipient} from '../recipients/recipients.ts'

export function recipientOut(recipient: Recipient): z.output<typeof RecipientOutput> {
  return {...recipient, places: [...recipient.places]}
}

export function disclosureOut(disclosure: Disclosure): z.output<typeof DisclosureOutput> {
  const {id, recipient, subject, place, purpose, disclosedAt} = disclosure
  return {id, recipient, subject: `${subject.kind} ${subject.value}`, place, purpose, disclosed_at: disclosedAt}
}

export function noticeOut(notice: Notice): z.output<typeof NoticeOutput> {
  const {id, request, recipient, measure, channel, subject, state, createdAt, settledAt, note} = notice
  return {
    id,
    request,
    recipient,
    measure,
    channel,
    subjects: (subject ?? []).map(({kind, value}) => `${kind} ${value}`),
    state,
    created_at: createdAt,
    settled_at: settledAt,
    note,
  }
}
