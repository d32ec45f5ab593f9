import type {Handler} from '@omni-ops/core/operation'
import {Catalogue} from '../collection/catalogue.ts'
import {fingerprintOf} from '../collection/fingerprint.ts'
import type {compare} from '../operations/compare.ts'

export const handle: Handler<typeof compare> = async ({collection, documents}, context) => {
  const catalogue = await Catalogue.open(context)
  const identities = documents.map(document => ({...document, fingerprint: fingerprintOf(document.fingerprint)}))
  const statuses = await catalogue.compare(collection, identities)
  return {documents: documents.map(({source}, index) => ({source, status: statuses[index]!}))}
}
