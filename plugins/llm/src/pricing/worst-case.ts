import type {ProviderName} from '../model/provider-adapter.ts'
import {type BilledTokens, type PricedModel, tokensPrice} from './completion-price.ts'

export interface MostTokens {
  readonly inputTokens: number
  readonly outputTokens: number
  /** The longest time for which a part of the prompt shall be kept; undefined where none shall. */
  readonly kept?: '5m' | '1h' | undefined
}

/**
 * The most that a call can cost: every token of the prompt at its dearest, and every token that may be generated. Null
 * where there is no price.
 */
export async function worstCase(
  priced: PricedModel,
  {inputTokens, outputTokens, kept}: MostTokens,
  at: Date,
): Promise<bigint | null> {
  const tokens: BilledTokens = {input: inputTokens, output: outputTokens}
  const plain = await tokensPrice(priced, tokens, at)
  if (kept === undefined && writesOnlyWhenAsked.has(priced.provider)) return plain
  const written = await tokensPrice(
    priced,
    {...tokens, cacheWrite: inputTokens, ...(kept === '1h' ? {cacheWriteHour: inputTokens} : {})},
    at,
  )
  if (plain === null || written === null) return plain
  return plain > written ? plain : written
}

/**
 * They charge for writing to Claude's cache, and write only what has a breakpoint
 * (https://platform.claude.com/docs/en/build-with-claude/prompt-caching,
 * https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html). OpenAI writes by itself, and charges for it
 * from GPT-5.6 on (https://developers.openai.com/api/docs/guides/prompt-caching).
 */
const writesOnlyWhenAsked: ReadonlySet<ProviderName> = new Set(['anthropic', 'bedrock', 'vertex'])
