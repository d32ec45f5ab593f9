import type {Handler} from '@omni-ops/core/operation'
import {recordDisclosure} from '../recipients/recipients.ts'
import {givenIdentities} from '../requests/given-identities.ts'
import {disclosureOut} from './ledger-outputs.ts'
import type {gdprRecipientsRecord} from '../operations/gdpr-recipients-record.ts'

export const handle: Handler<typeof gdprRecipientsRecord> = async (input, context) => {
  const {recipient, place, purpose} = input
  const subjects = givenIdentities(input)
  const written = await recordDisclosure({recipient, subjects, place: place ?? null, purpose}, context)
  return {disclosures: written.map(disclosureOut)}
}
