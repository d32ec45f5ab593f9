import type {Handler} from '@omni-ops/core/operation'
import {PersonalDataMap} from '@omni-ops/core/privacy'
import {disclosuresOf, listRecipients} from '../recipients/recipients.ts'
import {givenIdentities} from '../requests/given-identities.ts'
import {disclosureOut, recipientOut} from './ledger-outputs.ts'
import type {gdprRecipientsList} from '../operations/gdpr-recipients-list.ts'

export const handle: Handler<typeof gdprRecipientsList> = async (input, context) => {
  const all = await listRecipients(context)
  if (Object.values(input).every(value => value === undefined))
    return {recipients: all.map(recipientOut), disclosures: []}
  const map = await PersonalDataMap.open(context)
  const {identities} = await map.resolve(givenIdentities(input))
  const disclosures = await disclosuresOf(identities, context)
  const ids = new Set(disclosures.map(({recipient}) => recipient))
  return {
    recipients: all.filter(({id}) => ids.has(id)).map(recipientOut),
    disclosures: disclosures.map(disclosureOut),
  }
}
