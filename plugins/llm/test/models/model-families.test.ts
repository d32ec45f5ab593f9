import {findProvider} from '@pydantic/genai-prices'
import {describe, expect, it} from 'vitest'
import type {ProviderName} from '../../src/model/provider-adapter.ts'
import {familyOf} from '../../src/models/model-families.ts'

describe('familyOf', () => {
  it.each([
    ['openai', 'gpt-5.4-mini', 400_000, 'without-reasoning'],
    ['openai', 'gpt-5.4', 1_050_000, 'without-reasoning'],
    ['openai', 'gpt-5', 400_000, 'never'],
    ['openai', 'gpt-6-sol', 1_050_000, 'never'],
    ['openai', 'gpt-5-chat-latest', 128_000, 'always'],
    ['openai', 'gpt-4o-mini-2024-07-18', 128_000, 'always'],
    ['openai', 'o3-2025-04-16', 200_000, 'never'],
    ['anthropic', 'claude-opus-4-20250514', 200_000, 'without-reasoning'],
    ['anthropic', 'claude-haiku-4-5', 200_000, 'without-reasoning'],
    ['anthropic', 'claude-opus-5', 1_000_000, 'never'],
    ['bedrock', 'eu.anthropic.claude-sonnet-4-5-20250929-v1:0', 200_000, 'without-reasoning'],
    ['vertex', 'claude-opus-4@20250514', 200_000, 'without-reasoning'],
    ['vertex', 'claude-opus-4-6', 1_000_000, 'without-reasoning'],
    ['vertex', 'gemini-2.5-flash', 1_048_576, 'always'],
    ['bedrock', 'us-gov.amazon.nova-pro-v1:0', 300_000, 'always'],
    ['gemini', 'gemini-2.5-flash', 1_048_576, 'always'],
    ['cohere', 'command-a-03-2025', 256_000, 'always'],
  ] as const)('%s %s', (provider, model, contextTokens, sampling) => {
    expect(familyOf(provider, model)).toMatchObject({contextTokens, sampling})
  })

  it('says nothing about what it does not know', () => {
    expect(familyOf('openai', 'a-model-of-tomorrow')).toBeUndefined()
    expect(familyOf('ollama', 'gpt-4o')).toBeUndefined()
  })

  it('agrees with an independent list on every context that both know', () => {
    const lists: [ProviderName, string][] = [
      ['openai', 'openai'],
      ['anthropic', 'anthropic'],
      ['gemini', 'google'],
    ]
    const compared = lists.flatMap(([provider, providerId]) =>
      findProvider({providerId})!.models.flatMap(({id, context_window: listed}) => {
        const own = familyOf(provider, id)
        if (!own?.contextTokens || !listed || !own.capabilities.includes('text')) return []
        // Speech, pictures and realtime are no completions, and lists round 1,048,576 to a million.
        if (/audio|realtime|transcribe|tts|image|live|codex|5\.3/.test(id)) return []
        return [{id, ratio: own.contextTokens / listed}]
      }),
    )
    expect(compared.length).toBeGreaterThan(40)
    expect(compared.filter(({ratio}) => ratio < 0.95 || ratio > 1.06)).toEqual([])
  })
})
