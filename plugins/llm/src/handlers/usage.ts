import type {Handler} from '@omni-ops/core/operation'
import {dollarsFromNano} from '../configuration/money.ts'
import {usageBy} from '../ledger/usage-report.ts'
import type {usage} from '../operations/usage.ts'
import {ledgerOf} from '../routing/open-engine.ts'

const hours = {h: 1, d: 24, w: 168} as const

export const handle: Handler<typeof usage> = async ({by, since}, context) => {
  await (await ledgerOf(context)).complete(context)
  const from = sinceOf(since, context.clock.now())
  const lines = await usageBy(await context.store(), context.tenant, {by, since: from})
  return {
    since: from.toISOString(),
    rows: lines.map(line => ({
      name: line.name,
      calls: line.calls,
      failed: line.failed,
      cached: line.cached,
      input_tokens: line.inputTokens,
      cache_read_tokens: line.cacheReadTokens,
      cache_write_tokens: line.cacheWriteTokens,
      output_tokens: line.outputTokens,
      audio_seconds: Math.round(line.audioSeconds * 1_000) / 1_000,
      characters: line.characters,
      images: line.images,
      cost_usd: dollarsFromNano(line.costNanoUsd),
      unpriced: line.unpriced,
      estimated: line.estimated,
    })),
  }
}

function sinceOf(text: string, now: Date): Date {
  const [, count, unit] = /^(\d{1,4})([hdw])$/.exec(text) ?? []
  if (count === undefined) return new Date(text)
  return new Date(now.getTime() - Number(count) * hours[unit as keyof typeof hours] * 3_600_000)
}
