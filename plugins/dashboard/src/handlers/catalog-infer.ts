import type {Handler} from '@omni-ops/core/operation'
import {inferCatalogue} from '../catalogue/infer-catalogue.ts'
import {openFiles} from '../data/load-files.ts'
import type {catalogInfer} from '../operations/catalog-infer.ts'
import {bindTemplate} from '../templates/bind-template.ts'
import {templateNamed} from '../templates/index.ts'

export const handle: Handler<typeof catalogInfer> = async ({data, type}, context) => {
  const template = type === undefined ? undefined : templateNamed(type)
  await using session = await openFiles(data, context)
  if (template === undefined) return {catalog: {...(await inferCatalogue(session))}, missing: []}
  const {catalogue, missing} = await bindTemplate(template, await session.schema(), session)
  return {catalog: {...catalogue}, missing: [...missing]}
}
