import type {Handler} from '@omni-ops/core/operation'
import {liftSuppression, rehearseLift} from '@omni-ops/core/privacy'
import type {gdprSuppressionLift} from '../operations/gdpr-suppression-lift.ts'
import {givenIdentities} from '../requests/given-identities.ts'
import {countedOut, identitiesOut} from './suppression-output.ts'

export const handle: Handler<typeof gdprSuppressionLift> = async (input, context) => {
  const {linked, reason, dry_run: dryRun} = input
  const lift = {given: givenIdentities(input), linked, reason}
  const {id, lifted, left} = await (dryRun ? rehearseLift : liftSuppression)(lift, context)
  return {lift: id, lifted: identitiesOut(lifted), linked: countedOut(left), dry_run: dryRun}
}
