import {describe, expect, it} from 'vitest'
import type {CompletionUsage} from '../../src/model/completion-event.ts'
import {billedTokens, completionPrice, tokensPrice} from '../../src/pricing/completion-price.ts'
import {worstCase} from '../../src/pricing/worst-case.ts'

const NOVEMBER = new Date('2026-11-01T00:00:00Z')

function usage(input: Partial<CompletionUsage['input']>, output: number | null, raw: unknown = null): CompletionUsage {
  const all = {total: null, noCache: null, cacheRead: null, cacheWrite: null, ...input}
  return {input: all, output: {total: output, text: null, reasoning: null}, raw}
}

describe('completionPrice', () => {
  it('charges what is written to a cache more than what is read anew', async () => {
    const claude = {provider: 'anthropic', model: 'claude-sonnet-4-5'} as const
    const counted = usage({total: 12_307, noCache: 3, cacheWrite: 12_304, cacheRead: 0}, 550)
    // 12,304 × $3.75 + 3 × $3 + 550 × $15, for a million each.
    expect(await completionPrice(claude, counted, NOVEMBER)).toBe(54_399_000n)
  })

  it('charges what is kept for an hour twice as much as what is read anew', async () => {
    const counted = usage({total: 3_353, noCache: 3, cacheRead: 50, cacheWrite: 3_300, cacheWriteHour: 2_200}, 70)
    // 3 × $1 + 50 × $0.10 + 1,100 × $1.25 + 2,200 × $2 + 70 × $5, for a million each
    // (https://platform.claude.com/docs/en/build-with-claude/prompt-caching#pricing).
    const haiku = {provider: 'anthropic', model: 'claude-haiku-4-5'} as const
    expect(await completionPrice(haiku, counted, NOVEMBER)).toBe(6_133_000n)
    // The same at 1.1 times the prices, in a region of Bedrock, where the list has no price of an hour.
    const profile = {provider: 'bedrock', model: 'eu.anthropic.claude-haiku-4-5-20251001-v1:0'} as const
    expect(await completionPrice(profile, counted, NOVEMBER)).toBe(6_746_300n)
  })

  it('takes the price of an hour from the list where it has one, and from a contract', async () => {
    const tokens = {input: 1_000_000, output: 0, cacheWrite: 1_000_000, cacheWriteHour: 1_000_000}
    const long = {provider: 'anthropic', model: 'claude-sonnet-4-5'} as const
    // Beyond 200,000 tokens $12 instead of $6.
    expect(await tokensPrice(long, tokens, NOVEMBER)).toBe(12_000_000_000n)
    const rates = {input: 3, output: 15, cacheWrite: 4}
    expect(await tokensPrice({...long, rates}, tokens, NOVEMBER)).toBe(4_000_000_000n)
    expect(await tokensPrice({...long, rates: {...rates, cacheWriteHour: 5}}, tokens, NOVEMBER)).toBe(5_000_000_000n)
    // Amazon asks for what is written to the cache of Nova as for what is read.
    expect(await tokensPrice({provider: 'bedrock', model: 'amazon.nova-lite-v1:0'}, tokens, NOVEMBER)).toBe(60_000_000n)
  })

  it('knows from when a price holds', async () => {
    const o3 = {provider: 'openai', model: 'o3'} as const
    const counted = usage({total: 1_000_000}, 1_000_000)
    expect(await completionPrice(o3, counted, new Date('2025-02-15T00:00:00Z'))).toBe(50_000_000_000n)
    expect(await completionPrice(o3, counted, new Date('2025-08-15T00:00:00Z'))).toBe(10_000_000_000n)
  })

  it('charges long contexts by their own tier', async () => {
    const pro = {provider: 'gemini', model: 'gemini-2.5-pro'} as const
    expect(await tokensPrice(pro, {input: 200_000, output: 1000}, NOVEMBER)).toBe(260_000_000n)
    expect(await tokensPrice(pro, {input: 300_000, output: 1000}, NOVEMBER)).toBe(765_000_000n)
  })

  it('charges cached tokens of OpenAI once, at their own price', async () => {
    const mini = {provider: 'openai', model: 'gpt-5.4-mini'} as const
    const cached = usage({total: 3000, noCache: 1000, cacheRead: 2000}, 0)
    expect(await completionPrice(mini, cached, NOVEMBER)).toBe(900_000n)
  })

  it('has no price rather than 0 for what no list knows', async () => {
    const tokens = {input: 1000, output: 1000}
    expect(await tokensPrice({provider: 'openai', model: 'a-model-of-tomorrow'}, tokens, NOVEMBER)).toBeNull()
    expect(await tokensPrice({provider: 'openai-compatible', model: 'gpt-4o'}, tokens, NOVEMBER)).toBeNull()
    expect(await tokensPrice({provider: 'ollama', model: 'gpt-oss:120b-cloud'}, tokens, NOVEMBER)).toBeNull()
  })

  it('has no price where the provider did not count, or counts cannot be right', async () => {
    const priced = {provider: 'openai', model: 'gpt-4o'} as const
    expect(await completionPrice(priced, usage({total: 10}, null), NOVEMBER)).toBeNull()
    expect(await completionPrice(priced, usage({}, 10), NOVEMBER)).toBeNull()
    expect(await completionPrice(priced, usage({total: 10, cacheWrite: 20}, 10), NOVEMBER)).toBeNull()
    expect(await completionPrice(priced, usage({total: 10, cacheWrite: 2, cacheWriteHour: 3}, 10), NOVEMBER)).toBeNull()
  })

  it('costs nothing on the user’s own Ollama', async () => {
    expect(await tokensPrice({provider: 'ollama', model: 'llama3.2'}, {input: 1000, output: 1000}, NOVEMBER)).toBe(0n)
  })

  it('takes the rates of a deployment before any list', async () => {
    const rates = {input: 0.2, output: 0.6, cacheRead: 0.05}
    const own = {provider: 'openai-compatible', model: 'qwen3', rates} as const
    expect(await tokensPrice(own, {input: 1000, output: 100, cacheRead: 600}, NOVEMBER)).toBe(170_000n)
    expect(await tokensPrice({...own, provider: 'openai', model: 'gpt-4o'}, {input: 1000, output: 0}, NOVEMBER)).toBe(
      200_000n,
    )
  })

  it('bills Cohere by its units, which are fewer than its tokens', async () => {
    const raw = {billedUnits: {inputTokens: 20, outputTokens: 5}, tokens: {inputTokens: 220, outputTokens: 7}}
    const counted = usage({total: 220}, 7, raw)
    expect(billedTokens('cohere', counted)).toEqual({input: 20, output: 5})
    expect(await completionPrice({provider: 'cohere', model: 'command-a-03-2025'}, counted, NOVEMBER)).toBe(100_000n)
  })

  it('finds a model of Bedrock by its region’s profile', async () => {
    const profile = {provider: 'bedrock', model: 'eu.anthropic.claude-sonnet-4-5-20250929-v1:0'} as const
    expect(await tokensPrice(profile, {input: 3000, output: 1000}, NOVEMBER)).toBe(26_400_000n)
  })

  it('keeps whole numbers where binary fractions do not', async () => {
    const own = {provider: 'openai-compatible', model: 'x', rates: {input: 0.1, output: 0.7}} as const
    expect(await tokensPrice(own, {input: 3, output: 1}, NOVEMBER)).toBe(1000n)
  })
})

describe('worstCase', () => {
  const tokens = {inputTokens: 10_000, outputTokens: 1_000}

  it.each([
    ['anthropic', 'claude-haiku-4-5', undefined, 15_000_000n],
    ['anthropic', 'claude-haiku-4-5', '5m', 17_500_000n],
    ['anthropic', 'claude-haiku-4-5', '1h', 25_000_000n],
    ['bedrock', 'eu.anthropic.claude-haiku-4-5-20251001-v1:0', undefined, 16_500_000n],
    ['bedrock', 'eu.anthropic.claude-haiku-4-5-20251001-v1:0', '5m', 19_250_000n],
    ['bedrock', 'eu.anthropic.claude-haiku-4-5-20251001-v1:0', '1h', 27_500_000n],
    // It writes without being asked.
    ['openai', 'gpt-5.6', undefined, 70_000_000n],
    ['openai', 'gpt-5.6', '1h', 70_000_000n],
    ['openai', 'gpt-5.4-mini', '5m', 12_000_000n],
  ] as const)('%s %s with what is kept for %s', async (provider, model, kept, expected) => {
    expect(await worstCase({provider, model}, {...tokens, kept}, NOVEMBER)).toBe(expected)
  })
})
