import * as z from 'zod'
import type {SettingDeclaration} from '@omni-ops/core/operation'

export const privacySettings: readonly SettingDeclaration[] = [
  {
    name: 'privacy.key',
    description:
      'Secret from which the keys of mask maps, pseudonyms and the vault are derived; at least 32 characters',
    schema: z.string().min(32),
    secret: true,
  },
  {
    name: 'privacy.name_model',
    description:
      'Directory or HuggingFace repository of a model with ONNX weights that labels names, besides the rules',
    schema: z.string().min(1),
    env: ['PRIVACY_NAME_MODEL'],
  },
]
