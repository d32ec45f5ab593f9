import type * as PriceList from '@pydantic/genai-prices'
import type {PriceCalculation, Provider, TieredPrices} from '@pydantic/genai-prices'
import type {CompletionUsage} from '../model/completion-event.ts'
import type {ProviderName} from '../model/provider-adapter.ts'
import {LISTED_PROVIDERS} from './listed-providers.ts'

/** Whose price is asked for. */
export interface PricedModel {
  readonly provider: ProviderName
  /** As the provider names it; at Azure the model behind the deployment, which its answers name. */
  readonly model: string
  /** What a deployment's own settings say: contracts differ from price lists, and own servers are on none. */
  readonly rates?: TokenRates | undefined
}

/** US dollars for a million tokens. What is not given costs as much as other tokens of its direction. */
export interface TokenRates {
  readonly input: number
  readonly output: number
  readonly cacheRead?: number | undefined
  readonly cacheWrite?: number | undefined
  /** Of what is kept for an hour; as much as `cacheWrite` where it is not given. */
  readonly cacheWriteHour?: number | undefined
}

/** What is paid for. `input` is all that was read, the cache's parts included. */
export interface BilledTokens {
  readonly input: number
  readonly output: number
  readonly cacheRead?: number
  readonly cacheWrite?: number
  /** Of `cacheWrite` what is kept for an hour. */
  readonly cacheWriteHour?: number
}

/**
 * What tokens cost in 10⁻⁹ US dollars: at the deployment's own rates, else by the price list of
 * `@pydantic/genai-prices`, which comes with the package and is as old as it. It knows from when a price holds and what
 * long contexts and cache writes cost. Null where there is no price: never 0, never a guess. Ollama's models run where
 * the user says and cost nothing, but for those it passes on to its cloud, whose price by the token is not known.
 *
 * @param at When the tokens were used.
 */
export async function tokensPrice(
  {provider, model, rates}: PricedModel,
  tokens: BilledTokens,
  at: Date,
): Promise<bigint | null> {
  if (!isCountable(tokens)) return null
  if (rates) return ratedPrice(rates, tokens)
  if (provider === 'ollama') return /[-:]cloud$/.test(model) ? null : 0n
  const providerId = LISTED_PROVIDERS[provider]
  if (providerId === undefined) return null
  const {calcPrice} = await (priceList ??= import('@pydantic/genai-prices'))
  const usage = {
    input_tokens: tokens.input,
    output_tokens: tokens.output,
    ...(tokens.cacheRead ? {cache_read_tokens: tokens.cacheRead} : {}),
    ...(tokens.cacheWrite ? {cache_write_tokens: tokens.cacheWrite} : {}),
    ...(tokens.cacheWriteHour ? {cache_write_1h_tokens: tokens.cacheWriteHour} : {}),
  }
  const listed = listings.get(`${providerId}/${model}`)
  if (listed === 'none') return null
  const price = calcPrice(usage, model, {...(listed ? {provider: listed} : {providerId}), timestamp: at})
  if (listed === undefined) remember(`${providerId}/${model}`, price)
  if (price === null) return null
  const isUnlisted = provider === 'bedrock' && price.model_price.cache_write_1h_mtok === undefined
  return nanoDollars(isUnlisted ? price.total_price + hourSurcharge(price, tokens) : price.total_price)
}

/**
 * What an hour in the cache costs beyond 5 minutes, in US dollars, where the list knows the price of the latter alone, as
 * for Claude at Bedrock: twice the price of plain input instead of 1.25 times
 * (https://platform.claude.com/docs/en/build-with-claude/prompt-caching#pricing; AWS has the same two factors, as in its
 * price list for Claude Opus 5.5, which https://aws.amazon.com/bedrock/pricing/ shows). Where writing costs as much as
 * plain input, an hour does as well.
 */
function hourSurcharge(
  {model_price: {cache_write_mtok: write, input_mtok: input}}: PriceCalculation,
  tokens: BilledTokens,
) {
  if (write === undefined || input === undefined) return 0
  const [kept, plain] = [write, input].map(rate => (typeof rate === 'number' ? rate : tierOf(rate, tokens.input)))
  return ((tokens.cacheWriteHour ?? 0) * Math.max(0, 2 * plain! - kept!)) / 1e6
}

/** The price for a million of a model whose long contexts are dearer. */
function tierOf({base, tiers}: TieredPrices, inputTokens: number): number {
  return tiers.findLast(({start}) => inputTokens > start)?.price ?? base
}

/** Loaded once: Node looks a module up anew at each `import()`. */
let priceList: Promise<typeof PriceList> | undefined

/**
 * What the list has of a model: its provider with that model alone, or `none`. It does not change while the program
 * runs, and to search hundreds of patterns for a name takes longer than all else of a price.
 */
const listings = new Map<string, Provider | 'none'>()
/** Callers may name models as they like. */
const mostListings = 1_000

function remember(name: string, price: PriceCalculation | null): void {
  if (listings.size >= mostListings) listings.clear()
  listings.set(name, price === null ? 'none' : {...price.provider, models: [price.model]})
}

/** What an answer cost, like `tokensPrice`; null also where the provider's counts are missing. */
export async function completionPrice(priced: PricedModel, usage: CompletionUsage, at: Date): Promise<bigint | null> {
  const tokens = billedTokens(priced.provider, usage)
  return tokens === null ? null : tokensPrice(priced, tokens, at)
}

/** The tokens that a provider asks money for; null where it did not say how many. */
export function billedTokens(provider: ProviderName, usage: CompletionUsage): BilledTokens | null {
  const billed = provider === 'cohere' ? billedUnits(usage.raw) : undefined
  const input = billed?.inputTokens ?? usage.input.total
  const output = billed?.outputTokens ?? usage.output.total
  if (input === null || output === null) return null
  return {
    input,
    output,
    ...(usage.input.cacheRead ? {cacheRead: Math.min(usage.input.cacheRead, input)} : {}),
    ...(usage.input.cacheWrite ? {cacheWrite: usage.input.cacheWrite} : {}),
    ...(usage.input.cacheWriteHour ? {cacheWriteHour: usage.input.cacheWriteHour} : {}),
  }
}

/** Cohere counts what it adds to a prompt by itself, and does not bill it. */
function billedUnits(raw: unknown): {inputTokens?: number; outputTokens?: number} | undefined {
  return (raw as {billedUnits?: {inputTokens?: number; outputTokens?: number}} | null)?.billedUnits
}

/** Counts that contradict each other have no price. */
function isCountable({input, output, cacheRead = 0, cacheWrite = 0, cacheWriteHour = 0}: BilledTokens): boolean {
  return (
    [input, output, cacheRead, cacheWrite, cacheWriteHour].every(count => Number.isSafeInteger(count) && count >= 0) &&
    cacheRead + cacheWrite <= input &&
    cacheWriteHour <= cacheWrite
  )
}

/** In whole numbers, as a sum of tokens at a dear rate is more than a double can count. Half a nano-dollar rounds up. */
function ratedPrice(
  rates: TokenRates,
  {input, output, cacheRead = 0, cacheWrite = 0, cacheWriteHour = 0}: BilledTokens,
): bigint {
  const write = rates.cacheWrite ?? rates.input
  const parts: readonly (readonly [tokens: number, rate: number])[] = [
    [input - cacheRead - cacheWrite, rates.input],
    [cacheRead, rates.cacheRead ?? rates.input],
    [cacheWrite - cacheWriteHour, write],
    [cacheWriteHour, rates.cacheWriteHour ?? write],
    [output, rates.output],
  ]
  const total = parts.reduce((sum, [tokens, rate]) => sum + BigInt(tokens) * nanoDollars(rate), 0n)
  return (total + 500_000n) / 1_000_000n
}

/** Prices of the list have at most six digits for a million tokens, so that rounding only undoes binary fractions. */
function nanoDollars(dollars: number): bigint {
  return BigInt(Math.round(dollars * 1e9))
}
