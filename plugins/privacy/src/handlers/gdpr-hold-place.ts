import type {Handler} from '@omni-ops/core/operation'
import {placeHold} from '../holds/holds.ts'
import {subjectAliases} from '../operations/request-schemas.ts'
import {givenIdentities} from '../requests/given-identities.ts'
import {holdOut} from './hold-output.ts'
import type {gdprHoldPlace} from '../operations/gdpr-hold-place.ts'

export const handle: Handler<typeof gdprHoldPlace> = async (input, context) => {
  const {matter, place} = input
  const isOfPerson = subjectAliases.some(alias => input[alias] !== undefined) || input.user !== undefined
  const subjects = isOfPerson ? givenIdentities(input) : []
  return {holds: (await placeHold({matter, subjects, place}, context)).map(holdOut)}
}
