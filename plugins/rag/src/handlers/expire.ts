import type {Handler} from '@omni-ops/core/operation'
import {Collection} from '../collection/collection.ts'
import {expireDocuments} from '../collection/expire-documents.ts'
import type {expire} from '../operations/expire.ts'

export const handle: Handler<typeof expire> = async ({collection, erase, dry_run}, context) => {
  const opened = await Collection.open(collection, context)
  await opened.catalogue.requireCollection(collection)
  const {removed, held} = await expireDocuments(opened, {dryRun: dry_run})
  if (erase && !dry_run) await opened.index.store.erase(context.clock.now())
  return {
    collection,
    removed: removed.map(({source, documentId, chunks}) => ({source, document_id: documentId, chunks})),
    held: held.map(({source, reasons}) => ({source, reasons: [...reasons]})),
    dry_run,
  }
}
