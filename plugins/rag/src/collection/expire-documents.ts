import type {Collection, RemovedDocument} from './collection.ts'
import type {HeldDocument} from './retention.ts'

/** So many are removed together; what is named in the audit log stays readable. */
const documentsAtOnce = 1000

/** Removes a collection's documents that are not kept any longer. What is held stays, and what holds it. */
export async function expireDocuments(
  collection: Collection,
  {dryRun}: {readonly dryRun: boolean},
): Promise<{readonly removed: readonly RemovedDocument[]; readonly held: readonly HeldDocument[]}> {
  const removed = new Map<string, RemovedDocument>()
  const held = new Map<string, HeldDocument>()
  let after: string | undefined
  for (;;) {
    const page = await collection.catalogue.list(collection.name, {after, expired: true, limit: documentsAtOnce})
    const sources = page.map(({source}) => source)
    const outcome = await collection.remove(sources, {dryRun, ignoreMissing: true, skipHeld: true})
    for (const document of outcome.removed) removed.set(document.source, document)
    for (const document of outcome.held) held.set(document.source, document)
    if (page.length < documentsAtOnce) break
    after = sources.at(-1)
  }
  return {removed: [...removed.values()], held: [...held.values()]}
}
