import type {SettingDeclaration} from '@omni-ops/core/operation'
import * as z from 'zod'

export const imageSettings: readonly SettingDeclaration[] = [
  {
    name: 'image.provider',
    description: 'Who draws where no model is named; without it the first that is configured',
    schema: () => z.enum(['openai', 'gemini', 'stability', 'sdxl']),
  },
  {
    name: 'image.model',
    description: "The provider's model that draws",
    schema: () => z.string().min(1).max(200),
  },
  {
    name: 'image.openai_base_url',
    description: 'A server that speaks the OpenAI protocol for pictures, instead of llm.openai_base_url',
    schema: () => z.url(),
  },
  {
    name: 'image.stability_api_key',
    description: 'Key for Stability AI',
    schema: () => z.string().min(1),
    env: ['STABILITY_API_KEY'],
    secret: true,
  },
  {
    name: 'image.stability_base_url',
    description: 'Another server that speaks the Stability protocol',
    schema: () => z.url(),
  },
  {
    name: 'image.sdxl_url',
    description: 'A Stable Diffusion server of your own: AUTOMATIC1111, or ComfyUI by image.sdxl_api',
    schema: () => z.url(),
  },
  {
    name: 'image.sdxl_api',
    description: 'What the server at image.sdxl_url speaks',
    schema: () => z.enum(['automatic1111', 'comfyui']),
    default: 'automatic1111',
  },
]
