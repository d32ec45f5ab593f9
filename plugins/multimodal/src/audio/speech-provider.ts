import type {Quantities} from '@omni-ops/core/llm'
import {InvalidInputError, NotConfiguredError} from '@omni-ops/core/operation'

export const speechFormats = ['mp3', 'wav', 'opus', 'aac', 'flac', 'pcm'] as const
export type SpeechFormat = (typeof speechFormats)[number]

export const speechProviders = ['elevenlabs', 'openai', 'espeak-ng'] as const
export type SpeechProviderName = (typeof speechProviders)[number]

/** Who speaks. */
export interface Voice {
  readonly id: string
  readonly name: string
  readonly provider: SpeechProviderName
  /** As its provider says: a language, an accent, a use. */
  readonly description: string | null
}

/** A word and when it is spoken, in seconds. */
export interface SpokenWord {
  readonly word: string
  readonly start: number
  readonly end: number
}

/** A part of a text to be spoken in one request. */
export interface SpeechPart {
  readonly text: string
  /** What is spoken before and after it, for the melody of the sentence. */
  readonly before: string
  readonly after: string
}

export interface SpeechAsked {
  readonly voice: string
  readonly model: string
  readonly format: SpeechFormat
  readonly timestamps: boolean
  /** From 0.25 to 4, where 1 is as the voice speaks. */
  readonly speed: number | undefined
}

export interface SpokenPart {
  readonly bytes: Uint8Array
  /** Null where no times were asked for. */
  readonly words: readonly SpokenWord[] | null
  /** Null where the vendor did not say, and it is more than the characters that were sent. */
  readonly used: Quantities | null
}

/** One vendor's way to speak: a single request, as it is. */
export interface SpeechProvider {
  readonly name: SpeechProviderName
  readonly pricing: 'list' | 'own-machine' | 'unknown'
  readonly secrets: readonly string[]
  readonly defaultModel: string
  readonly formats: readonly SpeechFormat[]
  /** Says when each word is spoken. */
  readonly tellsTimes: boolean
  readonly slowest: number
  readonly fastest: number
  /** Characters of one request. */
  longest(model: string): number
  /** The most that a text can use. */
  most(text: string, model: string): Quantities
  /** The voice where none is named. */
  readonly defaultVoice: string
  /** The id of a voice that is known by its name. @throws UnsupportedSpeechError */
  voiceId?(name: string, voices: () => Promise<readonly Voice[]>): Promise<string>
  speak(part: SpeechPart, asked: SpeechAsked, signal: AbortSignal): Promise<SpokenPart>
  voices(signal: AbortSignal): Promise<readonly Voice[]>
}

/** Nobody is configured that could speak. */
export class SpeechNotConfiguredError extends NotConfiguredError {
  override readonly code = 'audio_speech_not_configured'
}

/** A provider cannot speak as it is asked to, and is not asked. */
export class UnsupportedSpeechError extends InvalidInputError {
  override readonly code = 'audio_unsupported_request'
}
