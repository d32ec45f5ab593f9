import type {Handler} from '@omni-ops/core/operation'
import {listConsents} from '../consent/consent-ledger.ts'
import type {consentList} from '../operations/consent-list.ts'
import {entryOutput, stateOutput} from './consent-output.ts'

export const handle: Handler<typeof consentList> = async (input, context) => {
  const {states, entries} = await listConsents(context, input)
  return {states: states.map(stateOutput), entries: entries.map(entryOutput)}
}
