import type {Handler} from '@omni-ops/core/operation'
import {suppressedPerson} from '@omni-ops/core/privacy'
import type {gdprSuppressionCheck} from '../operations/gdpr-suppression-check.ts'
import {givenIdentities} from '../requests/given-identities.ts'
import {countedOut, identitiesOut} from './suppression-output.ts'

export const handle: Handler<typeof gdprSuppressionCheck> = async (input, context) => {
  const {given, linked} = await suppressedPerson(givenIdentities(input), context)
  return {refused: given.length > 0, identities: identitiesOut(given), linked: countedOut(linked)}
}
