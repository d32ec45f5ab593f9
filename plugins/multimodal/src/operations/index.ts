import type {Operation} from '@omni-ops/core/operation'
import {audioSpeak} from './audio-speak.ts'
import {audioTranscribe} from './audio-transcribe.ts'
import {audioVoices} from './audio-voices.ts'
import {ocr} from './ocr.ts'

export const operations: readonly Operation[] = [ocr, audioTranscribe, audioSpeak, audioVoices]
