import type {Context} from '@omni-ops/core/operation'
import * as z from 'zod'
import {endpoint, exchange, jsonOf, UnusableAnswerError} from '../providers/exchange.ts'
import {textOf} from '../providers/openai-access.ts'
import {lengthOf} from './sentences.ts'
import {
  type SpeechAsked,
  type SpeechFormat,
  type SpeechPart,
  type SpeechProvider,
  type SpokenWord,
  UnsupportedSpeechError,
  type Voice,
} from './speech-provider.ts'

const vendorUrl = 'https://api.elevenlabs.io'
/** "Rachel" is the example of the API's own document, and free to every account. */
const fallbackVoice = '21m00Tcm4TlvDq8ikWAM'
/** An hour of MP3 at 128 kbit/s in base64 is some 77 million bytes. */
const largestAnswer = 200_000_000
const largestList = 20_000_000
/** Voices of one page, and pages that are read. */
const pageSize = 100
const mostPages = 50

/** Characters of one request (https://elevenlabs.io/docs/models, "Character limits"). */
const limits: Readonly<Record<string, number>> = {
  eleven_v3: 3_000,
  eleven_multilingual_v2: 10_000,
  eleven_flash_v2: 30_000,
  eleven_turbo_v2: 30_000,
  eleven_flash_v2_5: 40_000,
  eleven_turbo_v2_5: 40_000,
}
const leastLimit = 3_000

/** Of `output_format` in the API's OpenAPI document. WAV is made of PCM: the API has none. */
const outputFormats: Readonly<Partial<Record<SpeechFormat, string>>> = {
  mp3: 'mp3_44100_128',
  pcm: 'pcm_24000',
  opus: 'opus_48000_64',
}

const alignment = z.object({
  characters: z.array(z.string()),
  character_start_times_seconds: z.array(z.number().min(0)),
  character_end_times_seconds: z.array(z.number().min(0)),
})
const spokenSchema = z.object({
  audio_base64: z.string().min(1),
  alignment: alignment.nullish(),
  normalized_alignment: alignment.nullish(),
})
const voicesSchema = z.object({
  voices: z.array(
    z.object({
      voice_id: z.string(),
      name: z.string().nullish(),
      description: z.string().nullish(),
      category: z.string().nullish(),
      labels: z.record(z.string(), z.string()).nullish(),
    }),
  ),
  has_more: z.boolean().nullish(),
  next_page_token: z.string().nullish(),
})

/**
 * ElevenLabs over its HTTP API (https://elevenlabs.io/docs/api-reference, and the OpenAPI document of
 * github.com/elevenlabs/elevenlabs-docs). Its SDK is a hundred megabytes for these three requests.
 */
export function elevenLabsSpeech(settings: Context['settings']): SpeechProvider | undefined {
  const apiKey = textOf(settings, 'audio.elevenlabs_api_key')
  if (apiKey === undefined) return undefined
  const own = textOf(settings, 'audio.elevenlabs_base_url')
  const base = own ?? vendorUrl
  const headers = {'xi-api-key': apiKey}
  const voices = async (signal: AbortSignal): Promise<readonly Voice[]> => {
    const found: z.output<typeof voicesSchema>['voices'] = []
    let token: string | undefined
    for (let page = 0; page < mostPages; page++) {
      const next = token === undefined ? '' : `&next_page_token=${encodeURIComponent(token)}`
      const url = `${endpoint(base, 'v2/voices')}?page_size=${pageSize}${next}`
      const answer = await exchange({url, method: 'GET', headers, signal, largest: largestList})
      const list = voicesSchema.safeParse(jsonOf(answer))
      if (!list.success) throw new UnusableAnswerError('ElevenLabs sent a list of voices in another form')
      found.push(...list.data.voices)
      if (list.data.has_more !== true || list.data.next_page_token == null) break
      token = list.data.next_page_token
    }
    return found.map(({voice_id: id, name, description, category, labels}) => ({
      id,
      name: name ?? id,
      provider: 'elevenlabs' as const,
      description: [...Object.values(labels ?? {}), description ?? category].filter(Boolean).join(', ') || null,
    }))
  }
  return {
    name: 'elevenlabs',
    pricing: own === undefined ? 'list' : 'unknown',
    secrets: [apiKey],
    defaultModel: 'eleven_multilingual_v2',
    formats: ['mp3', 'wav', 'opus', 'pcm'],
    tellsTimes: true,
    slowest: 0.7,
    fastest: 1.2,
    longest: model => limits[model] ?? leastLimit,
    most: text => ({characters: lengthOf(text)}),
    defaultVoice: fallbackVoice,
    voiceId,
    async speak(part, asked, signal) {
      const format = outputFormats[asked.format === 'wav' ? 'pcm' : asked.format]!
      const path = `v1/text-to-speech/${encodeURIComponent(asked.voice)}${asked.timestamps ? '/with-timestamps' : ''}`
      const answer = await exchange({
        url: `${endpoint(base, path)}?output_format=${format}`,
        headers: {...headers, 'content-type': 'application/json'},
        body: JSON.stringify(elevenLabsRequest(part, asked)),
        signal,
        largest: largestAnswer,
      })
      const used = {characters: lengthOf(part.text)}
      if (!asked.timestamps) return {bytes: answer.bytes, words: null, used}
      const spoken = spokenSchema.safeParse(jsonOf(answer))
      if (!spoken.success)
        throw new UnusableAnswerError('ElevenLabs sent speech in another form than its protocol says')
      const {audio_base64: audio, alignment: aligned} = spoken.data
      if (aligned == null) throw new UnusableAnswerError('ElevenLabs sent speech without the times that were asked for')
      return {bytes: Buffer.from(audio, 'base64'), words: wordsOf(aligned), used}
    },
    voices,
  }
}

/** The body of `POST /v1/text-to-speech/{voice_id}`. The newest model takes no words around its text. */
export function elevenLabsRequest({text, before, after}: SpeechPart, {model, speed}: SpeechAsked) {
  const around = model !== 'eleven_v3'
  return {
    text,
    model_id: model,
    ...(around && before !== '' ? {previous_text: before} : {}),
    ...(around && after !== '' ? {next_text: after} : {}),
    ...(speed === undefined ? {} : {voice_settings: {speed}}),
  }
}

/** Words of the characters' times: a word begins with its first character and ends with its last. */
function wordsOf(aligned: z.output<typeof alignment>): readonly SpokenWord[] {
  const {characters, character_start_times_seconds: starts, character_end_times_seconds: ends} = aligned
  if (starts.length !== characters.length || ends.length !== characters.length) {
    throw new UnusableAnswerError('ElevenLabs sent another number of times than of characters')
  }
  const words: {word: string; start: number; end: number}[] = []
  let isInside = false
  for (const [index, character] of characters.entries()) {
    if (/^\s*$/.test(character)) {
      isInside = false
      continue
    }
    const end = ends[index]!
    const last = words.at(-1)
    if (isInside && last) {
      last.word += character
      last.end = end
    } else words.push({word: character, start: starts[index]!, end})
    isInside = true
  }
  return words
}

/** An id stays as it is; a name is looked up among the voices of the account. @throws UnsupportedSpeechError */
async function voiceId(voice: string, list: () => Promise<readonly Voice[]>): Promise<string> {
  if (/^[A-Za-z0-9]{20}$/.test(voice)) return voice
  const all = await list()
  const wanted = voice.toLowerCase()
  // Names have what a voice is good for behind a dash: `Rachel - calm`.
  const found =
    all.find(({id, name}) => id === voice || name.toLowerCase() === wanted) ??
    all.find(({name}) => name.toLowerCase().split(/ [-–] /)[0] === wanted)
  if (found) return found.id
  throw new UnsupportedSpeechError(`ElevenLabs has no voice "${voice}" for this account`, {
    hint: '`omni audio voices` lists names and ids',
  })
}
