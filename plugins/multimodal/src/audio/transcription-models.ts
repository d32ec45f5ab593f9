import {InvalidInputError} from '@omni-ops/core/operation'

export type Timestamps = 'none' | 'segment' | 'word'

/** What is asked of a transcription. */
export interface TranscriptionWish {
  readonly timestamps: Timestamps
  readonly diarize: boolean
  readonly prompt: boolean
  readonly keywords: boolean
}

/** What a model can do, and how much it takes. */
export interface TranscriptionModel {
  readonly name: string
  readonly timestamps: readonly Timestamps[]
  /** Tells speakers apart; their stretches have times. */
  readonly diarizes: boolean
  readonly takesPrompt: boolean
  readonly takesKeywords: boolean
  /** Seconds of one request, where there is a limit. */
  readonly longest: number | null
  /** Billed by tokens, of which it says how many; else by the second. */
  readonly billedBy: 'tokens' | 'seconds'
  /** Names the language that it heard. */
  readonly namesLanguage: boolean
}

/** A model cannot do what is asked of it, and is not asked. */
export class UnsupportedTranscriptionError extends InvalidInputError {
  override readonly code = 'audio_unsupported_request'
}

/**
 * Above this, a request is refused (https://platform.openai.com/docs/guides/speech-to-text: 25 MB). Some room is left
 * for the form around it.
 */
export const largestRequest = 25_000_000

/** The API refuses longer recordings for these models ("longer than 1400 seconds which is the maximum for this model"). */
const longestOfGpt4o = 1_400

const gpt4o = {
  timestamps: ['none'],
  diarizes: false,
  takesPrompt: true,
  takesKeywords: false,
  longest: longestOfGpt4o,
  billedBy: 'tokens',
  namesLanguage: false,
} as const

/**
 * OpenAI's models as its API reference describes them, and the types of its SDK (openai 7.57.0, audio/transcriptions):
 * times need `verbose_json`, which only whisper-1 gives; who speaks needs `diarized_json`, which only the diarising
 * model gives, and it takes neither a prompt nor granularities.
 */
export const transcriptionModels: readonly TranscriptionModel[] = [
  {...gpt4o, name: 'gpt-transcribe', takesKeywords: true, billedBy: 'seconds', namesLanguage: true},
  {
    name: 'whisper-1',
    timestamps: ['none', 'segment', 'word'],
    diarizes: false,
    takesPrompt: true,
    takesKeywords: false,
    longest: null,
    billedBy: 'seconds',
    namesLanguage: true,
  },
  {...gpt4o, name: 'gpt-4o-transcribe'},
  {...gpt4o, name: 'gpt-4o-mini-transcribe'},
  {...gpt4o, name: 'gpt-4o-mini-transcribe-2025-12-15'},
  {...gpt4o, name: 'gpt-4o-transcribe-diarize', timestamps: ['none', 'segment'], diarizes: true, takesPrompt: false},
]

/** The model that is asked: the named one, else the first that can. @throws UnsupportedTranscriptionError */
export function transcriptionModel(
  named: string | undefined,
  wish: TranscriptionWish,
  isVendor: boolean,
): TranscriptionModel {
  const able = transcriptionModels.filter(model => missing(model, wish) === undefined)
  if (named === undefined) {
    // What other servers run is Whisper, under this name.
    const first = isVendor ? able[0] : transcriptionModels.find(({name}) => name === 'whisper-1' && able.length > 0)
    if (first) return assertAble(first, wish, able)
    throw new UnsupportedTranscriptionError('No model can do all of that in one request', {
      hint: 'speakers and words: leave --diarize or --timestamps word away',
    })
  }
  const known = transcriptionModels.find(({name}) => name === named)
  // A model that nobody here knows is asked: its server says what it cannot do.
  return known ? assertAble(known, wish, able) : unknownModel(named, wish)
}

function assertAble(
  model: TranscriptionModel,
  wish: TranscriptionWish,
  able: readonly TranscriptionModel[],
): TranscriptionModel {
  const lack = missing(model, wish)
  if (lack === undefined) return model
  const names = able.map(({name}) => name)
  throw new UnsupportedTranscriptionError(`${model.name} ${lack}`, {
    hint: names.length > 0 ? `--model ${names.join(', or --model ')}` : 'no model can do all of that in one request',
    details: {model: model.name, able: names},
  })
}

function missing(
  model: TranscriptionModel,
  {timestamps, diarize, prompt, keywords}: TranscriptionWish,
): string | undefined {
  if (diarize && !model.diarizes) return 'does not tell speakers apart'
  if (!model.timestamps.includes(timestamps)) return `tells no times of ${timestamps}s`
  if (prompt && !model.takesPrompt) return 'takes no prompt'
  return keywords && !model.takesKeywords ? 'takes no keywords' : undefined
}

function unknownModel(name: string, {diarize}: TranscriptionWish): TranscriptionModel {
  return {
    name,
    timestamps: ['none', 'segment', 'word'],
    diarizes: diarize,
    takesPrompt: true,
    takesKeywords: true,
    longest: null,
    billedBy: 'seconds',
    namesLanguage: true,
  }
}
