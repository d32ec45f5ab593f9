import {defineOperation} from '@omni-ops/core/operation'
import * as z from 'zod'

export const audioVoices = defineOperation({
  id: 'audio.voices',
  summary: 'List the voices that can speak',
  http: {method: 'GET', path: '/api/v1/multimodal/audio/voices'},
  scopes: ['audio:use'],
  effects: 'read',
  input: z.object({
    provider: z
      .enum(['elevenlabs', 'openai', 'espeak-ng'])
      .optional()
      .describe('Whose; without it those of everybody who is configured'),
  }),
  output: z.object({
    voices: z.array(
      z.object({id: z.string(), name: z.string(), provider: z.string(), description: z.string().nullable()}),
    ),
  }),
  cli: {
    rows: 'voices',
    columns: ['name', 'id', 'provider', 'description'],
    examples: ['omni audio voices', 'omni audio voices --provider elevenlabs --json'],
  },
  handler: () => import('../handlers/audio-voices.ts'),
})
