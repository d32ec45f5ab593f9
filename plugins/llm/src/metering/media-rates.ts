import type {MeteredUnit} from '@omni-ops/core/llm'

/** US dollars for so many of a unit, as the vendor's page writes it. */
export interface MediaRate {
  readonly usd: string
  readonly per: number
}

export type MediaRates = Readonly<Partial<Record<MeteredUnit, MediaRate>>>

const minute = (usd: string): MediaRates => ({audio_seconds: {usd, per: 60}})
const millionCharacters = (usd: string): MediaRates => ({characters: {usd, per: 1_000_000}})
const thousandCharacters = (usd: string): MediaRates => ({characters: {usd, per: 1_000}})
const image = (usd: string): MediaRates => ({images: {usd, per: 1}})
const millionTokens = (rates: Readonly<Partial<Record<MeteredUnit, string>>>): MediaRates =>
  Object.fromEntries(Object.entries(rates).map(([unit, usd]) => [unit, {usd, per: 1_000_000}]))

const transcription = (text: string, audio: string, output: string): MediaRates =>
  millionTokens({input_text_tokens: text, input_audio_tokens: audio, output_text_tokens: output})
/** Text that an image model writes, such as what it thinks, is told as output of its own. */
const picture = (text: string, input: string, output: string, written: string): MediaRates =>
  millionTokens({
    input_text_tokens: text,
    input_image_tokens: input,
    output_image_tokens: output,
    output_text_tokens: written,
  })

const gptImage2 = picture('5', '8', '30', '30')

/**
 * List prices without tax, by `provider/model`, as published on 2026-11-23. Sources:
 * https://developers.openai.com/api/docs/models/ with the model's name at its end (the pages of gpt-transcribe,
 * whisper-1, tts-1, tts-1-hd and gpt-image-2.6-sunburst; gpt-image-2, 2.5 and 2.6 cost the same by the token), and for
 * what is on them by the token `@pydantic/genai-prices`, which a test compares these with;
 * https://elevenlabs.io/pricing/api (a plan's included characters are cheaper);
 * https://platform.stability.ai/pricing (one credit is one US cent).
 * A model that is not here is unpriced: `llm.media_prices` prices it.
 */
export const LISTED_MEDIA_RATES: Readonly<Record<string, MediaRates>> = {
  'openai/whisper-1': minute('0.006'),
  'openai/gpt-transcribe': minute('0.0045'),
  'openai/gpt-4o-transcribe': transcription('2.5', '6', '10'),
  'openai/gpt-4o-transcribe-diarize': transcription('2.5', '6', '10'),
  'openai/gpt-4o-mini-transcribe': transcription('1.25', '3', '5'),
  'openai/gpt-4o-mini-transcribe-2025-12-15': transcription('1.25', '3', '5'),
  'openai/tts-1': millionCharacters('15'),
  'openai/tts-1-hd': millionCharacters('30'),
  'openai/gpt-4o-mini-tts': millionTokens({input_text_tokens: '0.6', output_audio_tokens: '12'}),
  'openai/gpt-4o-mini-tts-2025-12-15': millionTokens({input_text_tokens: '0.6', output_audio_tokens: '12'}),
  'openai/gpt-image-1-mini': picture('2', '2.5', '8', '8'),
  'openai/gpt-image-1.5': picture('5', '8', '32', '10'),
  'openai/gpt-image-2': gptImage2,
  'openai/gpt-image-2-2026-04-21': gptImage2,
  'openai/gpt-image-2.5-flare': gptImage2,
  'openai/gpt-image-2.5-flare-2026-09-08': gptImage2,
  'openai/gpt-image-2.5-sunburst': gptImage2,
  'openai/gpt-image-2.5-sunburst-2026-09-08': gptImage2,
  'openai/gpt-image-2.6-flare': gptImage2,
  'openai/gpt-image-2.6-sunburst': gptImage2,
  'gemini/gemini-3.1-flash-image': picture('0.5', '0.5', '60', '3'),
  'gemini/gemini-3.1-flash-image-preview': picture('0.5', '0.5', '60', '3'),
  'gemini/gemini-3-pro-image': picture('2', '2', '120', '12'),
  'gemini/gemini-3-pro-image-preview': picture('2', '2', '120', '12'),
  'elevenlabs/eleven_multilingual_v2': thousandCharacters('0.1'),
  'elevenlabs/eleven_v3': thousandCharacters('0.1'),
  'elevenlabs/eleven_flash_v2_5': thousandCharacters('0.05'),
  'elevenlabs/eleven_flash_v2': thousandCharacters('0.05'),
  'elevenlabs/eleven_turbo_v2_5': thousandCharacters('0.05'),
  'elevenlabs/eleven_turbo_v2': thousandCharacters('0.05'),
  'stability/stable-image-ultra': image('0.08'),
  'stability/stable-image-core': image('0.03'),
  'stability/sd3.5-large': image('0.065'),
  'stability/sd3.5-large-turbo': image('0.04'),
  'stability/sd3.5-medium': image('0.035'),
}
