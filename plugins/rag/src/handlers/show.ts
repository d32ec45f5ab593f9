import type {Handler} from '@omni-ops/core/operation'
import {Collection} from '../collection/collection.ts'
import type {show} from '../operations/show.ts'
import {summaryOf} from './document-summary.ts'
import {passageOut} from './passage-output.ts'

export const handle: Handler<typeof show> = async ({source, collection}, context) => {
  const {catalogue, index} = await Collection.open(collection, context)
  const entry = await catalogue.find(collection, source)
  const passages = entry.chunks > 0 ? await index.ofDocuments([entry.id]) : []
  return {document: summaryOf(entry), passages: passages.map(passageOut)}
}
