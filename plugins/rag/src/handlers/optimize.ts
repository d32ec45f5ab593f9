import type {Handler} from '@omni-ops/core/operation'
import {calibrationOf, calibrationQuestionsOf} from '../collection/answering.ts'
import {Collection} from '../collection/collection.ts'
import type {optimize} from '../operations/optimize.ts'

export const handle: Handler<typeof optimize> = async ({collection}, context) => {
  const opened = await Collection.open(collection, context)
  await opened.catalogue.requireCollection(collection)
  const finished = await opened.settle()
  const of = await opened.catalogue.revision(collection)
  const [totals] = await opened.catalogue.totals(collection)
  const isCalibrated = (await opened.catalogue.calibration(collection))?.of === of
  const optimizing = opened.index.optimize(context.clock.now())
  optimizing.catch(() => undefined)
  // Made up while the store builds its indexes; asked when those are there.
  const questions = isCalibrated ? undefined : await calibrationQuestionsOf(opened)
  await optimizing
  if (questions) {
    await opened.catalogue.saveCalibration(collection, {...(await calibrationOf(opened, questions, context)), of})
  }
  return {collection, documents: totals?.documents ?? 0, chunks: totals?.chunks ?? 0, finished_removals: finished}
}
