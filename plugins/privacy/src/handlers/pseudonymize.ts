import type {Handler} from '@omni-ops/core/operation'
import {privacyKey} from '../key/privacy-key.ts'
import type {pseudonymize} from '../operations/pseudonymize.ts'
import {Pseudonymizer, pseudonymPurpose} from '../pseudonym/pseudonymizer.ts'

export const handle: Handler<typeof pseudonymize> = async ({values, type, domain}, context) => {
  const pseudonymizer = new Pseudonymizer(privacyKey(context, pseudonymPurpose(domain)))
  return {pseudonyms: values.map(value => pseudonymizer.pseudonym(value, type))}
}
