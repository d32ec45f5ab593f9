import type {Context} from '@omni-ops/core/operation'
import {processingLimits} from '@omni-ops/core/privacy'
import type * as z from 'zod'
import {mayKnowAccess, PUBLIC} from '../collection/access.ts'
import type {Catalogue, CatalogueEntry} from '../collection/catalogue.ts'
import {Retention} from '../collection/retention.ts'
import type {DocumentSummary} from '../operations/schemas.ts'
import {metadataOut} from './passage-output.ts'

/** Documents as they are listed, in the order given. */
export async function summariesOf(
  entries: readonly CatalogueEntry[],
  catalogue: Catalogue,
  context: Context,
): Promise<z.output<typeof DocumentSummary>[]> {
  const ids = entries.map(({id}) => id)
  const keeping = await (await Retention.open(context)).of(ids)
  const access = mayKnowAccess(context.principal) ? await catalogue.accessOf(ids) : undefined
  const limits = await processingLimits(context, 'search')
  return entries.map(entry => {
    // The source stays: who stores a document has to be able to name it, if only to remove it.
    const isShown = limits.none || limits.admits([entry.title ?? undefined, JSON.stringify(entry.metadata)])
    const {retainUntil, holds} = keeping.get(entry.id)!
    return {
      source: entry.source,
      document_id: entry.id,
      title: isShown ? entry.title : null,
      media_type: entry.media_type,
      language: entry.language,
      bytes: entry.bytes,
      chunks: entry.chunks,
      content_hash: entry.content_hash,
      state: entry.state === 'indexed' ? 'indexed' : 'pending',
      metadata: isShown ? metadataOut(entry.metadata) : {},
      ingested_at: entry.ingested_at,
      acl: access === undefined ? null : [...(access.get(entry.id) ?? [PUBLIC])],
      retain_until: retainUntil,
      holds: holds.map(hold => ({...hold})),
    }
  })
}
