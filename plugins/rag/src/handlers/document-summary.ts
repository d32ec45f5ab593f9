import type {Context} from '@omni-ops/core/operation'
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
  return entries.map(entry => {
    const {retainUntil, holds} = keeping.get(entry.id)!
    return {
      source: entry.source,
      document_id: entry.id,
      title: entry.title,
      media_type: entry.media_type,
      language: entry.language,
      bytes: entry.bytes,
      chunks: entry.chunks,
      content_hash: entry.content_hash,
      state: entry.state === 'indexed' ? 'indexed' : 'pending',
      metadata: metadataOut(entry.metadata),
      ingested_at: entry.ingested_at,
      acl: access === undefined ? null : [...(access.get(entry.id) ?? [PUBLIC])],
      retain_until: retainUntil,
      holds: holds.map(hold => ({...hold})),
    }
  })
}
