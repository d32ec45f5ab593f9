import type {Context} from '@omni-ops/core/operation'
import {familyOf} from '../models/model-families.ts'
import {capabilities} from '../model/provider-adapter.ts'
import type {OpenAdapter} from './deployment-from.ts'

/** The adapters of the providers, with identifiers and time of the process. */
export function providerAdapters({random, clock}: Pick<Context, 'random' | 'clock'>): OpenAdapter {
  return {
    async adapter(options) {
      const {openAdapter} = await import('../providers/adapter-from.ts')
      return openAdapter({...options, newId: () => random.id(), now: () => clock.now()})
    },
    // Of a model that nobody knows, nothing is said that it cannot do: its provider will.
    facts: (provider, model) => familyOf(provider, model) ?? {capabilities, contextTokens: null, maxOutputTokens: null},
  }
}
