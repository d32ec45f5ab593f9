import type {Handler} from '@omni-ops/core/operation'
import {publish} from '../build/publish.ts'
import type {buildOne} from '../operations/build-one.ts'
import {buildOutput} from './build-output.ts'
import {buildRequest} from './build-request.ts'

export const handle: Handler<typeof buildOne> = async (input, context) => {
  const published = await publish({...buildRequest(input), names: [input.name]}, context)
  const [result] = published.results
  if (result && 'error' in result) throw result.error
  return buildOutput(published, input.sample, context).dashboards[0]!
}
