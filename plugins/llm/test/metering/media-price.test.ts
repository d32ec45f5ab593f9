import {calcPrice} from '@pydantic/genai-prices'
import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {mediaPrice} from '../../src/metering/media-price.ts'
import {LISTED_MEDIA_RATES} from '../../src/metering/media-rates.ts'

const price = (name: string, quantities: Parameters<typeof mediaPrice>[1]) =>
  mediaPrice(LISTED_MEDIA_RATES[name], quantities)

describe('what sound, speech and pictures cost', () => {
  it('is by the second, the character, the picture and the token', () => {
    expect(price('openai/whisper-1', {audio_seconds: 90})).toBe(9_000_000n)
    expect(price('openai/tts-1', {characters: 1_000})).toBe(15_000_000n)
    expect(price('elevenlabs/eleven_flash_v2_5', {characters: 11})).toBe(550_000n)
    expect(price('stability/stable-image-core', {images: 3})).toBe(90_000_000n)
    expect(
      price('openai/gpt-image-2', {input_text_tokens: 10, input_image_tokens: 100, output_image_tokens: 1_000}),
    ).toBe(50_000n + 800_000n + 30_000_000n)
  })

  it('counts parts of a second, and never less than they cost', () => {
    expect(price('openai/whisper-1', {audio_seconds: 0.001})).toBe(100n)
    expect(price('openai/gpt-transcribe', {audio_seconds: 1.5})).toBe(112_500n)
    expect(mediaPrice({images: {usd: '0.000000001', per: 3}}, {images: 1})).toBe(1n)
  })

  it('is unknown, and not nothing, for what is on no list or was not counted', () => {
    expect(price('openai/a-model-of-tomorrow', {images: 1})).toBeNull()
    expect(price('openai/whisper-1', {characters: 5})).toBeNull()
    expect(price('openai/whisper-1', {})).toBeNull()
    expect(price('openai/whisper-1', {audio_seconds: Number.NaN})).toBeNull()
    expect(price('openai/whisper-1', {audio_seconds: -1})).toBeNull()
  })

  it('does not charge for the length of what is billed by the token', () => {
    const tokens = {input_audio_tokens: 600, output_text_tokens: 100}
    const alone = price('openai/gpt-4o-transcribe', tokens)
    expect(alone).toBe(4_600_000n)
    expect(price('openai/gpt-4o-transcribe', {...tokens, audio_seconds: 60})).toBe(alone)
  })

  it('grows with what was used', () => {
    const seconds = fc.integer({min: 0, max: 10_000_000}).map(milliseconds => milliseconds / 1_000)
    fc.assert(
      fc.property(seconds, seconds, (one, more) => {
        const [less, all] = [
          price('openai/whisper-1', {audio_seconds: one})!,
          price('openai/whisper-1', {audio_seconds: one + more})!,
        ]
        return less <= all
      }),
    )
  })
})

describe('our rates and the list of @pydantic/genai-prices', () => {
  // Where both know a model they must agree: whoever updates the list sees here what has changed.
  const usages = {
    audio_seconds: {ours: {audio_seconds: 3_600}, theirs: {audio_seconds: 3_600, input_audio_seconds: 3_600}},
    input_text_tokens: {ours: {input_text_tokens: 1_000_000}, theirs: {input_tokens: 1_000_000}},
    input_audio_tokens: {
      ours: {input_audio_tokens: 1_000_000},
      theirs: {input_tokens: 1_000_000, input_audio_tokens: 1_000_000},
    },
    input_image_tokens: {
      ours: {input_image_tokens: 1_000_000},
      theirs: {input_tokens: 1_000_000, input_image_tokens: 1_000_000},
    },
    output_image_tokens: {
      ours: {output_image_tokens: 1_000_000},
      theirs: {output_tokens: 1_000_000, output_image_tokens: 1_000_000},
    },
  } as const
  const providers: Readonly<Record<string, string>> = {openai: 'openai', gemini: 'google'}

  it('say the same of every model that both know', () => {
    let compared = 0
    const wrong: string[] = []
    for (const [name, rates] of Object.entries(LISTED_MEDIA_RATES)) {
      const [provider, model] = name.split('/') as [string, string]
      for (const [unit, {ours, theirs}] of Object.entries(usages)) {
        if (!(unit in rates) || !(provider in providers)) continue
        const listed = calcPrice(theirs, model, {providerId: providers[provider]!})
        if (listed === null) continue
        compared += 1
        const own = Number(mediaPrice(rates, ours)) / 1e9
        if (Math.abs(own - listed.total_price) > 1e-9) wrong.push(`${name} ${unit}: ${own} and ${listed.total_price}`)
      }
    }
    expect(wrong).toEqual([])
    expect(compared).toBeGreaterThan(15)
  })
})
