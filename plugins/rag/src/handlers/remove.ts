import {type Handler, InvalidInputError} from '@omni-ops/core/operation'
import {Collection} from '../collection/collection.ts'
import type {remove} from '../operations/remove.ts'

export const handle: Handler<typeof remove> = async (
  {sources, collection, all, ignore_missing, skip_held, erase, dry_run},
  context,
) => {
  if (all === sources.length > 0) {
    throw new InvalidInputError('Name the documents to remove, or remove them all', {
      hint: 'omni rag remove SOURCE…, or omni rag remove --all',
    })
  }
  const opened = await Collection.open(collection, context)
  const {removed, held} = all
    ? {removed: await opened.removeAll({dryRun: dry_run}), held: []}
    : await opened.remove(sources, {dryRun: dry_run, ignoreMissing: ignore_missing, skipHeld: skip_held})
  if (erase && !dry_run) await opened.index.store.erase(context.clock.now())
  return {
    collection,
    removed: removed.map(({source, documentId, chunks}) => ({source, document_id: documentId, chunks})),
    held: held.map(({source, reasons}) => ({source, reasons: [...reasons]})),
    dry_run,
  }
}
