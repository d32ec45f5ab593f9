import type {Operation} from '@omni-ops/core/operation'
import {audioSpeak} from './audio-speak.ts'
import {audioTranscribe} from './audio-transcribe.ts'
import {audioVoices} from './audio-voices.ts'
import {describe} from './describe.ts'
import {imageEdit} from './image-edit.ts'
import {imageForgetPrompt} from './image-forget-prompt.ts'
import {imageGenerate} from './image-generate.ts'
import {imagePrompt} from './image-prompt.ts'
import {imagePrompts} from './image-prompts.ts'
import {imageVary} from './image-vary.ts'
import {ocr} from './ocr.ts'

export const operations: readonly Operation[] = [
  describe,
  ocr,
  audioTranscribe,
  audioSpeak,
  audioVoices,
  imageGenerate,
  imageEdit,
  imageVary,
  imagePrompt,
  imagePrompts,
  imageForgetPrompt,
]
