import type {SettingDeclaration} from '@omni-ops/core/operation'
import * as z from 'zod'

export const audioSettings: readonly SettingDeclaration[] = [
  {
    name: 'audio.base_url',
    description: 'A server that speaks the OpenAI protocol for sound, instead of llm.openai_base_url',
    schema: () => z.url(),
  },
  {
    name: 'audio.transcription_model',
    description: 'The model that writes speech down; without it one that can do what is asked',
    schema: () => z.string().min(1).max(200),
  },
  {
    name: 'audio.longest_recording',
    description: 'Minutes of the longest recording that is taken',
    schema: () => z.number().positive().max(10_000),
    default: 240,
  },
  {
    name: 'audio.speech_provider',
    description: 'Who speaks; without it the first that is configured, else espeak-ng of this machine',
    schema: () => z.enum(['elevenlabs', 'openai', 'espeak-ng']),
  },
  {
    name: 'audio.speech_model',
    description: "The provider's model that speaks",
    schema: () => z.string().min(1).max(200),
  },
  {
    name: 'audio.voice',
    description: 'The voice where none is named; `omni audio voices` lists them',
    schema: () => z.string().min(1).max(200),
  },
  {
    name: 'audio.elevenlabs_api_key',
    description: 'Key for ElevenLabs',
    schema: () => z.string().min(1),
    env: ['ELEVENLABS_API_KEY'],
    secret: true,
  },
  {
    name: 'audio.elevenlabs_base_url',
    description: 'Another server that speaks the ElevenLabs protocol',
    schema: () => z.url(),
  },
]
