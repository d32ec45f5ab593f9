import type {Handler} from '@omni-ops/core/operation'
import {takeSignal} from '../limits/opt-out-signal.ts'
import type {ccpaGpc} from '../operations/ccpa-gpc.ts'

export const handle: Handler<typeof ccpaGpc> = async (input, context) => {
  const bound = await takeSignal(
    {header: input.sec_gpc, browser: input.browser, device: input.device, profile: input.profile_id, user: input.user},
    context,
  )
  return {opted_out: bound.length > 0, bound: bound.map(({kind, value}) => ({kind, value}))}
}
