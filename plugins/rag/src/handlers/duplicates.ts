import type {Handler} from '@omni-ops/core/operation'
import {Catalogue} from '../collection/catalogue.ts'
import type {duplicates} from '../operations/duplicates.ts'
import {nearDuplicateGroups} from '../similarity/near-duplicate-groups.ts'

export const handle: Handler<typeof duplicates> = async ({collection, limit}, context) => {
  const catalogue = await Catalogue.open(context)
  await catalogue.requireCollection(collection)
  const groups = nearDuplicateGroups(await catalogue.simhashes(collection))
  const largest = groups.toSorted((one, other) => other.members.length - one.members.length).slice(0, limit)
  return {
    collection,
    groups: largest.map(({members, bits}) => ({
      similarity: 1 - bits / 64,
      documents: members.length,
      sources: [...members],
    })),
    count: groups.length,
  }
}
