import {resolve} from 'node:path'
import type {Handler} from '@omni-ops/core/operation'
import type {sampleData} from '../operations/sample-data.ts'
import {writeSample} from '../sample/write-sample.ts'
import {slugOf, templateNamed} from '../templates/index.ts'

export const handle: Handler<typeof sampleData> = async ({type, seed, dir}, context) => {
  const template = templateNamed(type)
  const directory = resolve(context.workingDirectory, dir ?? `sample-${slugOf(template.name)}`)
  return {directory, files: [...(await writeSample(template, seed, directory))]}
}
