import {DeniedError, type Handler} from '@omni-ops/core/operation'
import {Catalogue} from '../collection/catalogue.ts'
import {Collection} from '../collection/collection.ts'
import {DocumentHeldError, Retention} from '../collection/retention.ts'
import type {removeTenant} from '../operations/remove-tenant.ts'

export const handle: Handler<typeof removeTenant> = async ({tenant_id, dry_run}, context) => {
  if (tenant_id !== context.tenant) {
    throw new DeniedError(`This call is made in tenant ${context.tenant}, and removes nothing of ${tenant_id}`, {
      hint: `make it in that tenant: --tenant ${tenant_id}, or the header X-Tenant-ID`,
    })
  }
  const held = await (await Retention.open(context)).heldIn()
  if (held.length > 0) throw new DocumentHeldError(held)
  const catalogue = await Catalogue.open(context)
  const collections = []
  for (const {collection} of await catalogue.totals()) {
    const removed = await (await Collection.open(collection, context)).removeAll({dryRun: dry_run})
    const chunks = removed.reduce((sum, document) => sum + document.chunks, 0)
    collections.push({collection, documents: removed.length, chunks})
  }
  const documents = collections.reduce((sum, each) => sum + each.documents, 0)
  return {tenant_id, collections, documents, dry_run}
}
