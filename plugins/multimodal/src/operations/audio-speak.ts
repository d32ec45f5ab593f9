import {defineOperation} from '@omni-ops/core/operation'
import * as z from 'zod'

export const audioSpeak = defineOperation({
  id: 'audio.speak',
  summary: 'Speak a text',
  description:
    'ElevenLabs, OpenAI, a server of your own that speaks its protocol, or espeak-ng of this machine where nothing is ' +
    'configured. A text that is too long for one request is spoken in parts that end with a sentence.',
  http: {
    method: 'POST',
    path: '/api/v1/multimodal/audio/speak',
    description: 'The sound comes in base64, or with `Accept: audio/*` as it is.',
    file: {types: 'audio/*', of: ({audio, media_type}) => ({data: audio, mediaType: media_type})},
  },
  scopes: ['audio:use'],
  effects: 'write',
  repeatable: false,
  input: z.object({
    text: z.string().min(1).max(500_000).describe('What to say'),
    provider: z.enum(['elevenlabs', 'openai', 'espeak-ng']).optional().describe('Who speaks'),
    model: z.string().min(1).max(200).optional().describe("The provider's model"),
    voice: z.string().min(1).max(200).optional().describe('Name or id of a voice'),
    format: z.enum(['mp3', 'wav', 'opus', 'aac', 'flac', 'pcm']).optional().describe('The kind of file'),
    timestamps: z.boolean().default(false).describe('Say when each word is spoken'),
    speed: z.number().min(0.25).max(4).optional().describe('1 is as the voice speaks'),
  }),
  output: z.object({
    audio: z.string().describe('The file in base64'),
    media_type: z.string(),
    format: z.string(),
    duration: z.number().nullable().describe('Seconds; null for a format whose headers do not say'),
    words: z.array(z.object({word: z.string(), start: z.number(), end: z.number()})),
    provider: z.string(),
    model: z.string(),
    voice: z.string(),
    parts: z.int().describe('Requests that it took'),
    request_ids: z.array(z.string()),
    cost_usd: z.string().nullable().describe('Null where no price is known'),
  }),
  cli: {
    args: ['text'],
    omit: ['format'],
    hints: {text: '- reads it from stdin'},
    columns: ['provider', 'model', 'voice', 'duration', 'cost_usd'],
    examples: [
      'omni audio speak "The notice period is three months." -o notice.mp3',
      'omni audio speak - -o chapter.mp3 --voice Rachel < chapter.txt',
      'omni audio speak "Good morning." -o morning.mp3 --timestamps --json',
    ],
  },
  example: {text: 'The notice period is three months.', format: 'mp3'},
  handler: () => import('../handlers/audio-speak.ts'),
})
