import {CancelledError, type Handler, OmniError} from '@omni-ops/core/operation'
import {gather, openRouter, requestOf, rounded, usdOut} from '../asking/asked.ts'
import type {compare} from '../operations/compare.ts'

export const handle: Handler<typeof compare> = async (input, context) => {
  const router = await openRouter(context)
  const request = requestOf(input, {messages: [{role: 'user', content: [{type: 'text', text: input.prompt}]}]})
  const answers = await Promise.all(
    input.models.map(async target => {
      try {
        const {text, latencyMs, outcome} = await gather(router, {...input, model: target}, request, context, {
          show: false,
        })
        return {
          target,
          model: outcome.model,
          provider: outcome.provider,
          text,
          latency_ms: rounded(latencyMs),
          input_tokens: outcome.usage.input.total,
          output_tokens: outcome.usage.output.total,
          cost_usd: usdOut(outcome.costNanoUsd),
          error: null,
        }
      } catch (error) {
        // One that fails does not take the others' answers away.
        if (!(error instanceof OmniError) || error instanceof CancelledError) throw error
        const nothing = {text: '', latency_ms: 0, input_tokens: null, output_tokens: null, cost_usd: null}
        return {target, model: '', provider: '', ...nothing, error: `${error.code}: ${error.message}`}
      }
    }),
  )
  return {answers}
}
