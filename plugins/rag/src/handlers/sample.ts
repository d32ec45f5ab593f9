import type {Handler} from '@omni-ops/core/operation'
import {samplePassages} from '../collection/answering.ts'
import {Collection} from '../collection/collection.ts'
import type {sample} from '../operations/sample.ts'

export const handle: Handler<typeof sample> = async ({collection, size}, context) => {
  const opened = await Collection.open(collection, context)
  await opened.catalogue.requireCollection(collection)
  return {passages: (await samplePassages(opened, size, {visible: true})).map(({id}) => id)}
}
