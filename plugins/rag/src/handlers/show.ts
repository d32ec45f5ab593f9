import type {Handler} from '@omni-ops/core/operation'
import {Collection} from '../collection/collection.ts'
import type {show} from '../operations/show.ts'
import {summariesOf} from './document-summary.ts'
import {passageOut} from './passage-output.ts'

export const handle: Handler<typeof show> = async ({source, collection}, context) => {
  const {catalogue, index} = await Collection.open(collection, context)
  const entry = await catalogue.find(collection, source)
  const passages = entry.chunks > 0 ? await index.ofDocuments([entry.id]) : []
  const [document] = await summariesOf([entry], catalogue, context)
  return {document: document!, passages: passages.map(passageOut)}
}
