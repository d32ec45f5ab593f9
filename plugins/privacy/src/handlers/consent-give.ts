import type {Handler} from '@omni-ops/core/operation'
import {giveConsent} from '../consent/consent-ledger.ts'
import type {consentGive} from '../operations/consent-give.ts'
import {entryOutput} from './consent-output.ts'

export const handle: Handler<typeof consentGive> = async (
  {birth_date: birthDate, despite_erasure: despiteErasure, country, ...input},
  context,
) =>
  entryOutput(
    await giveConsent(context, {
      ...input,
      birthDate,
      despiteErasure,
      country: country ?? (context.settings.get('privacy.country') as string),
    }),
  )
