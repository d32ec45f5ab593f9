import {CancelledError, type Handler, OmniError} from '@omni-ops/core/operation'
import {gather, type GatheredAnswer, openRouter, rounded, usdOut} from '../asking/asked.ts'
import {type Percentiles, percentilesOf} from '../asking/percentiles.ts'
import type {bench} from '../operations/bench.ts'
import {resolveTarget} from '../routing/targets.ts'

export const handle: Handler<typeof bench> = async (input, context) => {
  const router = await openRouter(context)
  const target = input.model ?? router.configuration.defaultTarget
  resolveTarget(router.configuration, target)
  const request = {
    messages: [{role: 'user', content: [{type: 'text', text: input.prompt}]}],
    maxOutputTokens: input.max_tokens,
  } as const
  const answers: GatheredAnswer[] = []
  const failures: Record<string, number> = {}
  let left = input.requests
  const began = context.clock.elapsed()
  const worker = async () => {
    while (left > 0) {
      left -= 1
      try {
        // An answer that was kept would measure the disk.
        const over = {show: false, cache: 'off'} as const
        answers.push(await gather(router, {...input, model: target}, request, context, over))
      } catch (error) {
        if (!(error instanceof OmniError) || error instanceof CancelledError) throw error
        failures[error.code] = (failures[error.code] ?? 0) + 1
      }
      context.emit({
        type: 'progress',
        label: 'Asking',
        done: input.requests - left,
        total: input.requests,
        unit: 'requests',
      })
    }
  }
  await Promise.all(Array.from({length: Math.min(input.concurrency, input.requests)}, worker))
  const seconds = (context.clock.elapsed() - began) / 1000
  const costs = answers.map(({outcome}) => outcome.costNanoUsd)
  return {
    target,
    requests: input.requests,
    failed: input.requests - answers.length,
    first_content_ms: percentilesOut(
      answers.flatMap(({firstContentMs}) => (firstContentMs === null ? [] : [firstContentMs])),
    ),
    latency_ms: percentilesOut(answers.map(({latencyMs}) => latencyMs)),
    overhead_ms: percentilesOut(answers.map(({outcome}) => outcome.overheadMs)),
    output_tokens_per_second: tokensPerSecond(answers),
    requests_per_second: seconds > 0 ? rounded(answers.length / seconds) : 0,
    cost_usd: costs.includes(null) ? null : usdOut(costs.reduce<bigint>((sum, cost) => sum + cost!, 0n)),
    failures,
  }
}

/** Of one answer, once it has begun: the middle one. */
function tokensPerSecond(answers: readonly GatheredAnswer[]): number | null {
  const speeds = answers.flatMap(({outcome, latencyMs, firstContentMs}) => {
    const tokens = outcome.usage.output.total
    const seconds = firstContentMs === null ? 0 : (latencyMs - firstContentMs) / 1000
    return tokens === null || seconds <= 0 ? [] : [tokens / seconds]
  })
  const middle = percentilesOf(speeds)?.p50
  return middle === undefined ? null : rounded(middle)
}

function percentilesOut(values: readonly number[]): Percentiles | null {
  const found = percentilesOf(values)
  return found ? {p50: rounded(found.p50), p95: rounded(found.p95), p99: rounded(found.p99)} : null
}
