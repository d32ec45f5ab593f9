import type {Handler} from '@omni-ops/core/operation'
import {Catalogue, UnknownCollectionError} from '../collection/catalogue.ts'
import {indexDirectory} from '../collection/index-directory.ts'
import type {status} from '../operations/status.ts'

export const handle: Handler<typeof status> = async ({collection}, context) => {
  const catalogue = await Catalogue.open(context)
  const [totals] = await catalogue.totals(collection)
  if (!totals) throw new UnknownCollectionError(collection)
  const [languages, mediaTypes, model] = await Promise.all([
    catalogue.histogram(collection, 'language'),
    catalogue.histogram(collection, 'media_type'),
    context.llm(),
  ])
  return {
    ...totals,
    languages,
    media_types: mediaTypes,
    answers: model ? 'generated' : 'extract',
    model: model ? `${model.provider} ${model.model}` : null,
    index_directory: indexDirectory(context),
  }
}
