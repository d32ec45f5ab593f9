import type {Handler} from '@omni-ops/core/operation'
import {calibrationOf} from '../collection/answering.ts'
import {Collection} from '../collection/collection.ts'
import type {optimize} from '../operations/optimize.ts'

export const handle: Handler<typeof optimize> = async ({collection}, context) => {
  const opened = await Collection.open(collection, context)
  await opened.catalogue.requireCollection(collection)
  const finished = await opened.settle()
  await opened.index.optimize(context.clock.now())
  const [totals] = await opened.catalogue.totals(collection)
  const of = totals?.updated_at ?? null
  if ((await opened.catalogue.calibration(collection))?.of !== of) {
    await opened.catalogue.saveCalibration(collection, {...(await calibrationOf(opened, context)), of})
  }
  return {collection, documents: totals?.documents ?? 0, chunks: totals?.chunks ?? 0, finished_removals: finished}
}
