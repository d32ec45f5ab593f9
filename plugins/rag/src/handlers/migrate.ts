import type {Handler} from '@omni-ops/core/operation'
import {Collection} from '../collection/collection.ts'
import {migrateCollection} from '../collection/migrate.ts'
import type {migrate} from '../operations/migrate.ts'

export const handle: Handler<typeof migrate> = async ({collection, from, to, drop_source, dry_run}, context) => {
  const opened = await Collection.open(collection, context)
  await opened.catalogue.requireCollection(collection)
  const options = {from, to, dryRun: dry_run, dropSource: drop_source}
  const {sourceDropped, ...report} = await migrateCollection(opened, options, context)
  return {collection, from, to, ...report, source_dropped: sourceDropped, dry_run}
}
