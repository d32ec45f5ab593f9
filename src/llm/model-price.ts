import type {EmbeddingModel} from './embedding-model.ts'
import type {LanguageModel, LanguageModelUsage} from './language-model.ts'

/** Providers whose models run where the user says, and cost nothing by the token. */
const OWN_MACHINES = new Set(['ollama', 'sentence-transformers'])

/**
 * What input tokens cost in 10⁻⁹ US dollars by the price list of `@pydantic/genai-prices`, which is part of the package
 * and as old as it; null where it has no price or the tokens are not known. A price is never guessed.
 */
export async function embeddingCost(
  {provider, model, isOwnServer}: Pick<EmbeddingModel, 'provider' | 'model' | 'isOwnServer'>,
  inputTokens: number | null,
  at: Date,
): Promise<bigint | null> {
  if (OWN_MACHINES.has(provider)) return 0n
  if (inputTokens === null || isOwnServer) return null
  return listPrice({input_tokens: inputTokens}, provider, model, at)
}

/** What a written text cost, by the same list; null where it has no price or the tokens are not known. */
export async function generationCost(
  {provider, model, isOwnServer}: Pick<LanguageModel, 'provider' | 'model'> & {readonly isOwnServer: boolean},
  {inputTokens, outputTokens}: LanguageModelUsage,
  at: Date,
): Promise<bigint | null> {
  if (OWN_MACHINES.has(provider)) return 0n
  if (inputTokens === null || outputTokens === null || isOwnServer) return null
  return listPrice({input_tokens: inputTokens, output_tokens: outputTokens}, provider, model, at)
}

async function listPrice(
  usage: {readonly input_tokens: number; readonly output_tokens?: number},
  provider: string,
  model: string,
  at: Date,
): Promise<bigint | null> {
  const {calcPrice} = await import('@pydantic/genai-prices')
  const price = calcPrice(usage, model, {providerId: provider, timestamp: at})
  return price === null ? null : BigInt(Math.round(price.total_price * 1e9))
}
