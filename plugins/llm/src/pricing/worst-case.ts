import {type PricedModel, tokensPrice} from './completion-price.ts'

/**
 * The most that a call can cost: every token of the prompt at its dearest, and every token that may be generated. Null
 * where there is no price.
 */
export async function worstCase(
  priced: PricedModel,
  {inputTokens, outputTokens}: {readonly inputTokens: number; readonly outputTokens: number},
  at: Date,
): Promise<bigint | null> {
  const plain = await tokensPrice(priced, {input: inputTokens, output: outputTokens}, at)
  const written = await tokensPrice(priced, {input: inputTokens, output: outputTokens, cacheWrite: inputTokens}, at)
  if (plain === null || written === null) return plain
  return plain > written ? plain : written
}
