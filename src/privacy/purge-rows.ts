import type {Context} from '../operation/context.ts'
import {systemOf} from '../store/system.ts'
import type {Purged} from './personal-store.ts'

/**
 * Leaves nothing in the database's files of rows of these tables that were deleted or changed: for who has deleted personal data
 * by a unit of their own. Takes as long as copying the database. `verified` is false where another process keeps it from that.
 */
export async function purgeRows(
  tables: readonly string[],
  context: Pick<Context, 'store' | 'signal'>,
): Promise<Purged> {
  const {engine} = systemOf(await context.store())
  const {complete, message} = await engine.purge(tables, context.signal)
  return {verified: complete, ...(message === undefined ? {} : {message})}
}
