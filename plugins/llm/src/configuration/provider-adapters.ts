import type {Context} from '@omni-ops/core/operation'
import {capabilities} from './schema.ts'
import type {OpenAdapter} from './deployment-from.ts'

/** The adapters of the providers, with identifiers and time of the process. */
export function providerAdapters({random, clock}: Pick<Context, 'random' | 'clock'>): OpenAdapter {
  return {
    async adapter(options) {
      const {openAdapter} = await import('../providers/adapter-from.ts')
      return openAdapter({...options, newId: () => random.id(), now: () => clock.now()})
    },
    facts: () => ({capabilities, contextTokens: null, maxOutputTokens: null}),
  }
}
