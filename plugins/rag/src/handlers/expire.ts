import type {Handler} from '@omni-ops/core/operation'
import {Collection} from '../collection/collection.ts'
import type {expire} from '../operations/expire.ts'

/** So many are removed together; what is named in the audit log stays readable. */
const documentsAtOnce = 1000

export const handle: Handler<typeof expire> = async ({collection, erase, dry_run}, context) => {
  const opened = await Collection.open(collection, context)
  await opened.catalogue.requireCollection(collection)
  const removed = new Map<string, {source: string; document_id: string; chunks: number}>()
  const held = new Map<string, {source: string; reasons: string[]}>()
  let after: string | undefined
  for (;;) {
    const page = await opened.catalogue.list(collection, {after, expired: true, limit: documentsAtOnce})
    const sources = page.map(({source}) => source)
    const outcome = await opened.remove(sources, {dryRun: dry_run, ignoreMissing: true, skipHeld: true})
    for (const {source, documentId, chunks} of outcome.removed) {
      removed.set(source, {source, document_id: documentId, chunks})
    }
    for (const {source, reasons} of outcome.held) held.set(source, {source, reasons: [...reasons]})
    if (page.length < documentsAtOnce) break
    after = sources.at(-1)
  }
  if (erase && !dry_run) await opened.index.store.erase(context.clock.now())
  return {collection, removed: [...removed.values()], held: [...held.values()], dry_run}
}
