import type {Context} from '../operation/context.ts'
import {FailureError} from '../operation/errors.ts'
import {ErasureJournal} from './erasure-journal.ts'
import {PersonalDataMap} from './personal-data-map.ts'
import type {StoreReceipt} from './personal-store.ts'
import {liftAgain} from './suppression-lift.ts'
import {tombstoneFile} from './tombstone-file.ts'
import {readTombstones} from './tombstones.ts'

/** A restored copy of the data holds people who were erased, and they could not be erased again. Nothing was opened. */
export class ReplayFailedError extends FailureError {
  override readonly code = 'erasure_replay_failed'
}

/**
 * Erases again whom the list of tombstones names and the database has never heard of: it is a copy from before. Where a
 * service does not answer, the erasure stays open and is tried the next time.
 * @param contextOf the context in which a tenant's erasures are done
 * @throws ReplayFailedError where a place of this deployment could not be erased
 */
export async function replayErasures(contextOf: (tenant: string) => Context): Promise<void> {
  const anywhere = contextOf('default')
  const tenants = new Set((await readTombstones(tombstoneFile(anywhere))).map(({tenant}) => tenant))
  for (const tenant of tenants) {
    const context = contextOf(tenant)
    const missing = await (await ErasureJournal.open(context)).missing()
    for (const {id, subject, decisions} of missing) {
      context.log.warn('An erasure is done again: the data are from before it', {erasure: id})
      const map = await PersonalDataMap.open(context)
      const open: StoreReceipt[] = []
      for await (const receipt of map.erase(subject, decisions, {again: true}))
        if (receipt.state !== 'done') open.push(receipt)
      const failed = open.filter(({state}) => state === 'failed')
      if (failed.length > 0) {
        const reasons = failed.map(({table, message}) => `${table}: ${message}`).join('; ')
        throw new ReplayFailedError(`The data are from before an erasure, which could not be done again: ${reasons}`, {
          hint: 'repair what is named, and run any command again',
        })
      }
      for (const {table, message} of open) {
        context.log.warn('A place was not reached by a repeated erasure', {place: table, reason: message})
      }
    }
    if (missing.length > 0) await liftAgain(context)
  }
}
