import type {Context} from '@omni-ops/core/operation'
import {ErasureKeyFileError, NoErasureKeyError, Suppressions} from '@omni-ops/core/privacy'
import type {KeepsContent} from './ledger.ts'

/**
 * Leaves out what was asked and answered about a person who was erased here. The call itself is answered, counted and paid
 * for as any other: whom a service serves is not for its log to say.
 */
export function withoutErasedPersons(context: Context): KeepsContent {
  return async (unit, tenant, {subject, prompt, answer}) => {
    const suppressions = await Suppressions.open({...context, tenant})
    const identities = subject === null ? [] : [{kind: 'customer', value: subject} as const]
    const intake = {identities, words: [subject, prompt, answer]}
    try {
      return (await suppressions.within(unit, [intake])).size === 0
    } catch (error) {
      if (!(error instanceof NoErasureKeyError || error instanceof ErasureKeyFileError)) throw error
      context.log.warn('What a model was asked is not kept: nobody can tell who was erased', {reason: error.message})
      return false
    }
  }
}
