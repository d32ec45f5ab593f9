import type {Context} from '@omni-ops/core/operation'
import {emptyPlace, type PersonalStore} from '@omni-ops/core/privacy'
import {journalOf} from './ledger/call-journal.ts'
import {ledgerOf} from './routing/open-engine.ts'

/**
 * The journal of calls, whose lines become rows of `llm_requests` before anybody looks there: what a killed process has
 * left is found with all other calls, and nothing in the files themselves.
 */
export async function openPersonalStores(context: Context): Promise<readonly PersonalStore[]> {
  const {location, dialect} = await context.store()
  if (dialect === 'sqlite') await (await ledgerOf(context)).readJournal(context)
  return [{...emptyPlace({store: 'file', table: 'call journal'}), covers: [journalOf(location)]}]
}
