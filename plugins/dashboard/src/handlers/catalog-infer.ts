import type {Handler} from '@omni-ops/core/operation'
import {inferCatalogue} from '../catalogue/infer-catalogue.ts'
import {openLocation} from '../data/open-data.ts'
import type {catalogInfer} from '../operations/catalog-infer.ts'
import {bindTemplate} from '../templates/bind-template.ts'
import {templateNamed} from '../templates/index.ts'

export const handle: Handler<typeof catalogInfer> = async ({type, ...input}, context) => {
  const template = type === undefined ? undefined : templateNamed(type)
  await using session = await openLocation(input, {templates: template === undefined ? [] : [template]}, context)
  if (template === undefined) return {catalog: {...(await inferCatalogue(session))}, missing: []}
  const {catalogue, missing} = await bindTemplate(template, await session.schema(), session)
  return {catalog: {...catalogue}, missing: [...missing]}
}
