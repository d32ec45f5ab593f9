import type {Quantities} from '@omni-ops/core/llm'
import * as z from 'zod'
import type {Media} from '../media/read-media.ts'
import {endpoint, exchange, jsonOf, UnusableAnswerError} from '../providers/exchange.ts'
import {authorization, type OpenAiAccess} from '../providers/openai-access.ts'
import {languageCode} from './language-code.ts'
import {recordingName} from './recording.ts'
import type {Timestamps, TranscriptionModel} from './transcription-models.ts'
import type {Transcript} from './transcript.ts'

/** A speaker's voice, for the model to know it again. */
export interface KnownSpeaker {
  readonly name: string
  /** From 2 to 10 seconds of it. */
  readonly sample: Media
}

export interface TranscriptionAsked {
  readonly recording: Media
  readonly model: TranscriptionModel
  readonly timestamps: Timestamps
  readonly diarize: boolean
  /** ISO 639-1. */
  readonly language: string | undefined
  readonly prompt: string | undefined
  readonly keywords: readonly string[]
  readonly speakers: readonly KnownSpeaker[]
}

/** Of an answer, in bytes: a transcript of hours with every word's time is a few. */
const largestAnswer = 64_000_000

const time = z.number().min(0).max(1_000_000)
const usage = z
  .union([
    z.object({type: z.literal('duration'), seconds: z.number().min(0)}),
    z.object({
      type: z.literal('tokens'),
      input_tokens: z.int().min(0),
      output_tokens: z.int().min(0),
      input_token_details: z
        .object({audio_tokens: z.int().min(0).optional(), text_tokens: z.int().min(0).optional()})
        .nullish(),
    }),
  ])
  .nullish()
const plain = z.object({text: z.string(), languages: z.array(z.object({code: z.string()})).nullish(), usage})
const verbose = z.object({
  text: z.string(),
  language: z.string().nullish(),
  duration: z.coerce.number().min(0).nullish(),
  segments: z.array(z.object({start: time, end: time, text: z.string()})).nullish(),
  words: z.array(z.object({start: time, end: time, word: z.string()})).nullish(),
  usage,
})
const diarized = z.object({
  text: z.string(),
  duration: z.coerce.number().min(0).nullish(),
  segments: z.array(z.object({start: time, end: time, text: z.string(), speaker: z.string()})),
  usage,
})

/**
 * One request to `/audio/transcriptions`. Nothing is streamed: whisper-1 would ignore it, and the others answer in one
 * piece just as fast. Times come with `verbose_json` and nothing else; a diarising model gets `chunking_strategy`, without
 * which it takes 30 seconds and no more.
 *
 * @throws RefusedAnswerError, UnusableAnswerError, and what Node's network throws
 */
export async function requestTranscription(
  access: OpenAiAccess,
  asked: TranscriptionAsked,
  signal: AbortSignal,
): Promise<{readonly transcript: Transcript; readonly used: Quantities | null}> {
  const answer = await exchange({
    url: endpoint(access.baseUrl, 'audio/transcriptions'),
    headers: authorization(access),
    body: transcriptionForm(asked),
    signal,
    largest: largestAnswer,
  })
  const json = jsonOf(answer)
  const {transcript, usage: counted} = asked.diarize
    ? diarizedTranscript(json)
    : asked.timestamps === 'none'
      ? plainTranscript(json)
      : verboseTranscript(json, asked.timestamps)
  return {transcript, used: quantitiesOf(counted)}
}

/** The request as a form (openai 7.57.0, `TranscriptionCreateParams`). Lists have brackets behind their name. */
export function transcriptionForm(asked: TranscriptionAsked): FormData {
  const {recording, model, timestamps, diarize, language, prompt, keywords, speakers} = asked
  const form = new FormData()
  form.append('model', model.name)
  form.append('response_format', diarize ? 'diarized_json' : timestamps === 'none' ? 'json' : 'verbose_json')
  if (language !== undefined) form.append('language', language)
  if (prompt !== undefined && prompt !== '' && model.takesPrompt) form.append('prompt', prompt)
  for (const keyword of keywords) form.append('keywords[]', keyword)
  if (!diarize && timestamps !== 'none') {
    form.append('timestamp_granularities[]', 'segment')
    if (timestamps === 'word') form.append('timestamp_granularities[]', 'word')
  }
  if (diarize) {
    form.append('chunking_strategy', 'auto')
    for (const {name} of speakers) form.append('known_speaker_names[]', name)
    for (const {sample} of speakers) form.append('known_speaker_references[]', dataUrl(sample))
  }
  form.append(
    'file',
    new File([recording.bytes as Uint8Array<ArrayBuffer>], recordingName(recording), {type: recording.mediaType}),
  )
  return form
}

function dataUrl({mediaType, bytes}: Media): string {
  return `data:${mediaType};base64,${Buffer.from(bytes).toString('base64')}`
}

function plainTranscript(json: unknown) {
  const {text, languages, usage: counted} = checked(plain, json)
  const language = languages?.[0]?.code ?? null
  return {transcript: {text, language, duration: null, segments: [], words: []}, usage: counted}
}

function verboseTranscript(json: unknown, timestamps: Timestamps) {
  const {text, language, duration, segments, words, usage: counted} = checked(verbose, json)
  // An empty recording has no segments; a server that leaves them out has not done what it was asked.
  if (segments == null && words == null && text.trim() !== '') throw withoutTimes()
  if (timestamps === 'word' && words == null && text.trim() !== '') throw withoutTimes()
  return {
    transcript: {
      text,
      language: language == null ? null : languageCode(language),
      duration: duration ?? null,
      segments: (segments ?? []).map(({start, end, text: said}) => ({start, end, text: said.trim(), speaker: null})),
      words: words ?? [],
    },
    usage: counted ?? (duration == null ? undefined : {type: 'duration' as const, seconds: duration}),
  }
}

function diarizedTranscript(json: unknown) {
  const {text, duration, segments, usage: counted} = checked(diarized, json)
  return {transcript: {text, language: null, duration: duration ?? null, segments, words: []}, usage: counted}
}

function checked<T>(schema: z.ZodType<T>, json: unknown): T {
  const parsed = schema.safeParse(json)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new UnusableAnswerError(
    `The transcript is not as the protocol says: ${issue?.path.join('.')} ${issue?.message}`,
  )
}

function withoutTimes(): UnusableAnswerError {
  return new UnusableAnswerError('The server sent a transcript without the times that were asked for', {
    hint: 'ask without --timestamps, or another server or model',
  })
}

function quantitiesOf(counted: z.output<typeof usage>): Quantities | null {
  if (counted == null) return null
  if (counted.type === 'duration') return {audio_seconds: counted.seconds}
  const {input_tokens: input, output_tokens: output, input_token_details: details} = counted
  const text = details?.text_tokens ?? 0
  return {
    input_audio_tokens: details?.audio_tokens ?? Math.max(0, input - text),
    input_text_tokens: text,
    output_text_tokens: output,
  }
}
