import type {Context} from '@omni-ops/core/operation'
import type {SpeechCreateParams} from 'openai/resources/audio/speech'
import * as z from 'zod'
import {endpoint, exchange, UnusableAnswerError} from '../providers/exchange.ts'
import {authorization, openAiAccess} from '../providers/openai-access.ts'
import {lengthOf} from './sentences.ts'
import type {SpeechAsked, SpeechProvider, SpokenPart} from './speech-provider.ts'

const largestAnswer = 200_000_000

/** Of `voice` in the SDK's types (openai 7.57.0); tts-1 and tts-1-hd have not all of them. */
const voices = [
  'alloy',
  'ash',
  'ballad',
  'coral',
  'echo',
  'fable',
  'onyx',
  'nova',
  'sage',
  'shimmer',
  'verse',
  'marin',
  'cedar',
]

/** "The maximum length is 4096 characters." (openai 7.57.0, `SpeechCreateParams.input`) */
const longest = 4_096

/**
 * What an answer of speech is billed by where it is billed by the token: a second is 20 of them
 * (https://platform.openai.com/docs/guides/realtime-costs), and nobody speaks slower than 4 characters in one at the
 * slowest speed.
 */
const tokensPerCharacter = 20

const doneSchema = z.object({
  type: z.literal('speech.audio.done'),
  usage: z.object({input_tokens: z.int().min(0), output_tokens: z.int().min(0)}),
})
const deltaSchema = z.object({type: z.literal('speech.audio.delta'), audio: z.string()})

/** OpenAI's speech, or another server that speaks its protocol. */
export function openAiSpeech(settings: Context['settings']): SpeechProvider | undefined {
  const access = openAiAccess(settings, 'audio.base_url')
  if (access === undefined) return undefined
  return {
    name: 'openai',
    pricing: access.isVendor ? 'list' : 'unknown',
    secrets: access.apiKey === undefined ? [] : [access.apiKey],
    defaultModel: 'tts-1',
    formats: ['mp3', 'wav', 'opus', 'aac', 'flac', 'pcm'],
    tellsTimes: false,
    slowest: 0.25,
    fastest: 4,
    longest: () => longest,
    most: (text, model) =>
      isBilledByTokens(model)
        ? {
            characters: lengthOf(text),
            input_text_tokens: Buffer.byteLength(text),
            output_audio_tokens: lengthOf(text) * tokensPerCharacter,
          }
        : {characters: lengthOf(text)},
    defaultVoice: 'alloy',
    async speak(part, asked, signal) {
      const streams = access.isVendor && isBilledByTokens(asked.model)
      const answer = await exchange({
        url: endpoint(access.baseUrl, 'audio/speech'),
        headers: {...authorization(access), 'content-type': 'application/json'},
        body: JSON.stringify(openAiSpeechRequest(part.text, asked, streams)),
        signal,
        largest: largestAnswer,
      })
      const characters = lengthOf(part.text)
      if (streams && answer.headers.get('content-type')?.includes('text/event-stream')) {
        return spokenInEvents(answer.bytes, characters)
      }
      const isCounted = !isBilledByTokens(asked.model)
      return {bytes: answer.bytes, words: null, used: isCounted ? {characters} : null}
    },
    voices: async () => voices.map(name => ({id: name, name, provider: 'openai' as const, description: null})),
  }
}

/** Checked by the SDK's own type. Only a stream of events says how many tokens it was. */
export function openAiSpeechRequest(
  text: string,
  {model, voice, format, speed}: SpeechAsked,
  streams: boolean,
): SpeechCreateParams {
  return {
    model,
    input: text,
    voice,
    response_format: format,
    ...(speed === undefined ? {} : {speed}),
    ...(streams ? {stream_format: 'sse'} : {}),
  }
}

function isBilledByTokens(model: string): boolean {
  return model.startsWith('gpt-')
}

async function spokenInEvents(bytes: Uint8Array, characters: number): Promise<SpokenPart> {
  const {createParser} = await import('eventsource-parser')
  const pieces: Buffer[] = []
  let used: SpokenPart['used'] = null
  const parser = createParser({
    onEvent({data}) {
      const event: unknown = data === '[DONE]' ? null : JSON.parse(data)
      const delta = deltaSchema.safeParse(event)
      if (delta.success) pieces.push(Buffer.from(delta.data.audio, 'base64'))
      const done = doneSchema.safeParse(event)
      if (!done.success) return
      const {input_tokens: input, output_tokens: output} = done.data.usage
      used = {characters, input_text_tokens: input, output_audio_tokens: output}
    },
  })
  parser.feed(new TextDecoder().decode(bytes))
  parser.feed('\n\n')
  if (used === null) throw new UnusableAnswerError('The speech broke off before its end')
  return {bytes: Buffer.concat(pieces), words: null, used}
}
