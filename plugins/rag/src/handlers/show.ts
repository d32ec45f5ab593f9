import type {Handler} from '@omni-ops/core/operation'
import {Collection} from '../collection/collection.ts'
import type {show} from '../operations/show.ts'
import {summariesOf} from './document-summary.ts'
import {describeWithheld, passageOut} from './passage-output.ts'

export const handle: Handler<typeof show> = async ({source, collection}, context) => {
  const opened = await Collection.open(collection, context)
  const entry = await opened.catalogue.find(collection, source)
  const {passages, withheld} = await opened.admittedOf(entry.chunks > 0 ? [entry.id] : [])
  const [document] = await summariesOf([entry], opened.catalogue, context)
  if (withheld > 0) context.emit({type: 'note', level: 'warn', message: describeWithheld(withheld)})
  return {document: document!, passages: passages.map(passageOut), withheld}
}
