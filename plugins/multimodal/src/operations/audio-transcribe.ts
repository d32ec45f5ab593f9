import {defineOperation} from '@omni-ops/core/operation'
import * as z from 'zod'
import {MediaFile} from './schemas.ts'

const time = z.number().describe('Seconds from the beginning')

export const audioTranscribe = defineOperation({
  id: 'audio.transcribe',
  summary: 'Write down what is said in a recording',
  description:
    'OpenAI, or a server of your own that speaks its protocol, such as Whisper. Recordings that are too large for one ' +
    'request are cut at silence and put together with the times of the whole. What a model cannot do is refused before ' +
    'anything is sent, with the models that can.',
  http: {
    method: 'POST',
    path: '/api/v1/multimodal/audio/transcribe',
    files: 'audio',
    description: 'The recording comes in base64, or as a file of a form (multipart/form-data).',
  },
  scopes: ['audio:use'],
  effects: 'write',
  repeatable: false,
  input: z.object({
    audio: MediaFile.describe('MP3, WAV, FLAC, Ogg, M4A, MP4 or WebM; its first bytes say what it is'),
    language: z
      .string()
      .regex(/^[a-z]{2,3}$/, 'must be a language such as en or sl')
      .optional()
      .describe('What is spoken (ISO 639-1); detected where it is not given'),
    timestamps: z.enum(['none', 'segment', 'word']).optional().describe('Times of sentences or of words'),
    diarize: z.boolean().default(false).describe('Tell speakers apart'),
    format: z.enum(['json', 'text', 'srt', 'vtt']).default('json').describe('What the transcript is written as'),
    model: z.string().min(1).max(200).optional().describe('The model; without it one that can do what is asked'),
    prompt: z.string().max(4_000).optional().describe('What it is about, or how words in it are spelt'),
    keywords: z.array(z.string().min(1).max(200)).max(100).default([]).describe('Names and terms that are spoken'),
    before: z.string().max(4_000).optional().describe('How the part before ended, where this is a part of a recording'),
    speakers: z
      .array(z.object({name: z.string().min(1).max(60), sample: MediaFile}))
      .max(4)
      .default([])
      .describe('Voices to be known again, each by 2 to 10 seconds of it'),
  }),
  output: z.object({
    text: z.string(),
    language: z.string().nullable().describe('As it was given or heard'),
    duration: z.number().nullable().describe('Seconds'),
    segments: z.array(z.object({start: time, end: time, text: z.string(), speaker: z.string().nullable()})),
    words: z.array(z.object({start: time, end: time, word: z.string()})),
    document: z.string().nullable().describe('The transcript as text, srt or vtt, where that was asked for'),
    provider: z.string(),
    model: z.string(),
    pieces: z.int().describe('Requests that it took'),
    request_ids: z.array(z.string()),
    cost_usd: z.string().nullable().describe('Null where no price is known'),
  }),
  cli: {
    omit: ['audio', 'before', 'speakers'],
    names: {language: 'lang', keywords: 'keyword'},
    columns: ['text', 'language', 'duration', 'model', 'cost_usd'],
    examples: [
      'omni audio transcribe meeting.mp3',
      'omni audio transcribe talk.wav --lang sl --format srt -o talk.srt',
      'omni audio transcribe interview.m4a --diarize',
    ],
  },
  example: {audio: {name: 'meeting.mp3', data: 'SUQzBAAAAAAAAA=='}, timestamps: 'segment'},
  handler: () => import('../handlers/audio-transcribe.ts'),
})
