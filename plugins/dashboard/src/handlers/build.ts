import type {Handler} from '@omni-ops/core/operation'
import {publish} from '../build/publish.ts'
import type {build} from '../operations/build.ts'
import {buildOutput} from './build-output.ts'
import {buildRequest, promptOptions} from './build-request.ts'

export const handle: Handler<typeof build> = async (input, context) => {
  const prompt = promptOptions(input)
  const request = {...buildRequest(input), names: input.names, priority: input.priority_filter, prompt}
  return buildOutput(await publish(request, context), input.sample, context)
}
