import type {Context} from '@omni-ops/core/operation'
import type {PersonalStore} from '@omni-ops/core/privacy'
import {journalOf} from './ledger/call-journal.ts'
import {ledgerOf} from './routing/open-engine.ts'

/**
 * The journal of calls, whose lines become rows of `llm_requests` before anybody looks there: what a killed process has
 * left is found with all other calls, and nothing in the files themselves.
 */
export async function openPersonalStores(context: Context): Promise<readonly PersonalStore[]> {
  const {location, dialect} = await context.store()
  if (dialect === 'sqlite') await (await ledgerOf(context)).readJournal(context)
  const place = {store: 'file', table: 'call journal'} as const
  return [
    {
      ...place,
      covers: [journalOf(location)],
      async *locate() {},
      erase: async () => ({...place, found: 0, erased: 0, kept: [], verified: true, state: 'done'}),
    },
  ]
}
