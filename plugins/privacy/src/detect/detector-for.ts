import type {Context} from '@omni-ops/core/operation'
import {createDetector} from './create-detector.ts'
import type {TextDetector} from './detector.ts'
import type {EntityType} from './entity.ts'

export interface DetectorForOptions {
  /** Only these; all where it is empty. */
  readonly types: readonly EntityType[]
  readonly threshold: number
}

/** The detector of a program: its rules, and the model that `privacy.name_model` names, where it names one. Throws NoNameModelError. */
export async function detectorFor(
  {types, threshold}: DetectorForOptions,
  context: Pick<Context, 'settings' | 'workingDirectory' | 'directories'>,
): Promise<TextDetector> {
  const chosen = types.length > 0 ? {types, threshold} : {threshold}
  const detector = await createDetector(chosen)
  const model = context.settings.get('privacy.name_model')
  if (typeof model !== 'string') return detector
  const [{NameModel}, {ModelDetector}] = await Promise.all([import('./name-model.ts'), import('./model-detector.ts')])
  const {data, cache} = context.directories
  const opened = await NameModel.open({model, directories: [context.workingDirectory, data], cache})
  return new ModelDetector({detector, model: opened, ...chosen})
}
