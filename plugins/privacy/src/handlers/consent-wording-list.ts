import type {Handler} from '@omni-ops/core/operation'
import {listWordings} from '../consent/wordings.ts'
import type {consentWordingList} from '../operations/consent-wording-list.ts'
import {wordingOutput} from './consent-output.ts'

export const handle: Handler<typeof consentWordingList> = async ({purpose}, context) => ({
  wordings: (await listWordings(context, purpose)).map(wordingOutput),
})
