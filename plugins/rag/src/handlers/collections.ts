import type {Handler} from '@omni-ops/core/operation'
import {Catalogue} from '../collection/catalogue.ts'
import type {collections} from '../operations/collections.ts'

export const handle: Handler<typeof collections> = async (_input, context) => {
  const catalogue = await Catalogue.open(context)
  return {collections: await catalogue.totals()}
}
