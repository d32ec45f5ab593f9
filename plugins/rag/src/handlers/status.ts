import {usageTotals} from '@omni-ops/core/llm'
import {type Handler, hasScope} from '@omni-ops/core/operation'
import {Catalogue, UnknownCollectionError} from '../collection/catalogue.ts'
import {CollectionDatabases} from '../collection/collection-databases.ts'
import {CollectionIndexes} from '../collection/collection-indexes.ts'
import {describeModel} from '../collection/embedding.ts'
import {indexLocation} from '../collection/passage-database.ts'
import type {status} from '../operations/status.ts'

export const handle: Handler<typeof status> = async ({collection}, context) => {
  const catalogue = await Catalogue.open(context)
  const [totals] = await catalogue.totals(collection)
  if (!totals) throw new UnknownCollectionError(collection)
  const store = await context.store()
  const [languages, mediaTypes, model, index, {vectorDb}, usage] = await Promise.all([
    catalogue.histogram(collection, 'language'),
    catalogue.histogram(collection, 'media_type'),
    context.llm(),
    new CollectionIndexes(store, context).get(collection),
    new CollectionDatabases(store, context).get(collection),
    usageTotals(store, context.tenant),
  ])
  return {
    ...totals,
    languages,
    media_types: mediaTypes,
    answers: model ? 'generated' : 'extract',
    model: model ? `${model.provider} ${model.model}` : null,
    embedding: index.embedding ?? null,
    reembedding: index.shadow ? describeModel(index.shadow) : null,
    weights: index.weights ? {...index.weights} : null,
    usage: usage.map(({inputTokens, cost, unpriced, ...of}) => ({
      ...of,
      input_tokens: inputTokens,
      cost_usd: cost,
      unpriced_requests: unpriced,
    })),
    vector_db: vectorDb,
    // Where things are on a machine is told to whoever may examine it.
    index_directory: hasScope(context.principal, 'doctor:read') ? indexLocation(vectorDb, context) : null,
  }
}
