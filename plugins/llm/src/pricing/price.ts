import type {CompletionUsage} from '../model/completion-event.ts'
import type {ProviderName} from '../model/provider-adapter.ts'

/** Nano-dollars for a million tokens. */
export interface TokenPrice {
  readonly input: bigint
  readonly output: bigint
  /** As much as other input where it is not given. */
  readonly cacheRead?: bigint
  readonly cacheWrite?: bigint
}

/** What decides what a deployment's tokens cost. */
export interface Priced {
  readonly provider: ProviderName
  readonly priceModel: string
  readonly price: TokenPrice | null
  readonly isOwnServer: boolean
}

const million = 1_000_000n

/** As `@pydantic/genai-prices` names the providers. */
const listed: Partial<Record<ProviderName, string>> = {
  openai: 'openai',
  azure: 'azure',
  anthropic: 'anthropic',
  gemini: 'google',
  cohere: 'cohere',
  bedrock: 'aws',
}

/**
 * What was used costs in nano-dollars, by the operator's own price, else by the list of `@pydantic/genai-prices` as of
 * that time, which is part of the package and as old as it. Null where there is no price or the provider did not say
 * what was used: a price is never guessed, and never zero but on a machine of the user's own.
 */
export async function costOf(deployment: Priced, usage: CompletionUsage, at: Date): Promise<bigint | null> {
  const {input, output} = usage
  if (deployment.price === null && deployment.isOwnServer) return 0n
  if (input.total === null || output.total === null) return null
  const cacheRead = input.cacheRead ?? 0
  const cacheWrite = input.cacheWrite ?? 0
  if (deployment.price) {
    const {price} = deployment
    const plain = BigInt(Math.max(0, input.total - cacheRead - cacheWrite))
    const sum =
      plain * price.input +
      BigInt(cacheRead) * (price.cacheRead ?? price.input) +
      BigInt(cacheWrite) * (price.cacheWrite ?? price.input) +
      BigInt(output.total) * price.output
    return (sum + million / 2n) / million
  }
  const providerId = listed[deployment.provider]
  if (providerId === undefined) return null
  const {calcPrice} = await import('@pydantic/genai-prices')
  const tokens = {
    input_tokens: input.total,
    output_tokens: output.total,
    ...(cacheRead > 0 ? {cache_read_tokens: cacheRead} : {}),
    ...(cacheWrite > 0 ? {cache_write_tokens: cacheWrite} : {}),
  }
  const found = calcPrice(tokens, deployment.priceModel, {providerId, timestamp: at})
  return found === null ? null : BigInt(Math.round(found.total_price * 1e9))
}

/** The most that a call can cost: every token of the prompt at its dearest, and every token that may be generated. */
export async function worstCaseOf(
  deployment: Priced,
  {inputTokens, outputTokens}: {readonly inputTokens: number; readonly outputTokens: number},
  at: Date,
): Promise<bigint | null> {
  const output = {total: outputTokens, text: outputTokens, reasoning: null}
  const plain = {total: inputTokens, noCache: inputTokens, cacheRead: null, cacheWrite: null}
  const written = {total: inputTokens, noCache: 0, cacheRead: null, cacheWrite: inputTokens}
  const [uncached, cached] = [
    await costOf(deployment, {input: plain, output, raw: null}, at),
    await costOf(deployment, {input: written, output, raw: null}, at),
  ]
  if (uncached === null || cached === null) return uncached
  return uncached > cached ? uncached : cached
}
