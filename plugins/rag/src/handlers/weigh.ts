import type {Handler} from '@omni-ops/core/operation'
import {Collection} from '../collection/collection.ts'
import type {weigh} from '../operations/weigh.ts'
import {tuneWeights} from '../tuning/tune-weights.ts'

export const handle: Handler<typeof weigh> = async ({questions, collection, dry_run}, context) => {
  const opened = await Collection.open(collection, context)
  await opened.catalogue.requireCollection(collection)
  const {before, after, test, weights, isBetter, questions: used} = await tuneWeights(opened, questions, context)
  const stored = isBetter && !dry_run
  if (stored) await opened.indexes.saveWeights(collection, weights, {queries: used})
  const {difference, interval, p} = test
  return {
    collection,
    queries: used,
    before,
    after,
    difference,
    interval: interval ? {low: interval.low, high: interval.high} : null,
    p,
    weights: {...weights},
    better: isBetter,
    stored,
  }
}
