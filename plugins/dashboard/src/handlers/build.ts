import type {Handler} from '@omni-ops/core/operation'
import {publish} from '../build/publish.ts'
import type {build} from '../operations/build.ts'
import {buildOutput} from './build-output.ts'
import {buildRequest} from './build-request.ts'

export const handle: Handler<typeof build> = async (input, context) => {
  const request = {...buildRequest(input), names: input.names, priority: input.priority_filter}
  return buildOutput(await publish(request, context), input.sample, context)
}
