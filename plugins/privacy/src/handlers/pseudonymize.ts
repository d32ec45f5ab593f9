import type {Handler} from '@omni-ops/core/operation'
import type {pseudonymize} from '../operations/pseudonymize.ts'
import {pseudonymsFor} from '../pseudonym/pseudonyms-for.ts'

export const handle: Handler<typeof pseudonymize> = async ({values, type, ...options}, context) => {
  const pseudonymizer = pseudonymsFor(options, context)
  return {pseudonyms: values.map(value => pseudonymizer.pseudonym(value, type))}
}
