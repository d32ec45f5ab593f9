import type {Context} from '@omni-ops/core/operation'
import {textOf} from '../providers/openai-access.ts'
import {elevenLabsSpeech} from './elevenlabs-speech.ts'
import {espeakSpeech} from './espeak-speech.ts'
import {assertJoinable, joinSpeech, speechDuration, wavOfPcm} from './join-speech.ts'
import {openAiSpeech} from './openai-speech.ts'
import {textParts} from './sentences.ts'
import {
  type SpeechAsked,
  type SpeechFormat,
  SpeechNotConfiguredError,
  type SpeechProvider,
  type SpeechProviderName,
  type SpokenWord,
  UnsupportedSpeechError,
  type Voice,
} from './speech-provider.ts'

export interface SpeechRequest {
  readonly text: string
  readonly provider?: SpeechProviderName | undefined
  readonly model?: string | undefined
  /** A voice's id, or its name where the provider has names. */
  readonly voice?: string | undefined
  /** The provider's first where it is not given. */
  readonly format?: SpeechFormat | undefined
  readonly timestamps: boolean
  readonly speed?: number | undefined
}

export interface Speech {
  readonly bytes: Uint8Array
  readonly format: SpeechFormat
  /** Seconds; null for a format whose headers do not say. */
  readonly duration: number | null
  /** Empty where no times were asked for. */
  readonly words: readonly SpokenWord[]
  readonly provider: SpeechProviderName
  readonly model: string
  readonly voice: string
  /** Requests that it took. */
  readonly parts: number
  readonly requestIds: readonly string[]
  /** 10⁻⁹ US dollars; null where a price is not known. */
  readonly costNanoUsd: bigint | null
}

const timeout = 180_000
const listTimeout = 30_000
/** Characters of what stands around a part, which a voice goes by. */
const around = 300

/**
 * Speaks a text: in one request, or, where it is longer than the provider takes, in parts that end with a sentence and
 * become one file with the times of the whole.
 *
 * @throws SpeechNotConfiguredError, UnsupportedSpeechError, and the errors of `Meter.run`
 */
export async function speak(request: SpeechRequest, context: Context): Promise<Speech> {
  const provider = speechProvider(request.provider, context)
  const model = request.model ?? configured(context, 'audio.speech_model', request) ?? provider.defaultModel
  const format = request.format ?? provider.formats[0]!
  assertAble(provider, {...request, format}, context)
  const parts = textParts(request.text, provider.longest(model))
  if (parts.length === 0) throw new UnsupportedSpeechError('There is nothing to say but white space')
  assertJoinable(format, parts.length)
  const named = request.voice ?? configured(context, 'audio.voice', request) ?? provider.defaultVoice
  const voice = (await provider.voiceId?.(named, () => voicesOf(provider, context))) ?? named
  // Several pieces of one file are joined as samples, which have no headers in between.
  const isPcm = format === 'wav' && provider.name === 'elevenlabs'
  const asked: SpeechAsked = {
    voice,
    model,
    format,
    timestamps: request.timestamps,
    speed: request.speed,
  }
  const spoken = await spokenParts(provider, parts, asked, context)
  const files = spoken.map(({bytes}) => (isPcm ? wavOfPcm(bytes) : bytes))
  const bytes = joinSpeech(files, format)
  const costs = spoken.map(({costNanoUsd}) => costNanoUsd)
  return {
    bytes,
    format,
    duration: speechDuration(bytes, format) ?? null,
    words: wordsOfWhole(
      spoken.map(({words}) => words ?? []),
      files,
      format,
    ),
    provider: provider.name,
    model,
    voice,
    parts: parts.length,
    requestIds: spoken.map(({requestId}) => requestId),
    costNanoUsd: costs.some(cost => cost === null) ? null : costs.reduce((sum, cost) => sum! + cost!, 0n)!,
  }
}

/** The voices of one provider, or of all that are configured. @throws SpeechNotConfiguredError */
export async function listVoices(name: SpeechProviderName | undefined, context: Context): Promise<readonly Voice[]> {
  const providers = name === undefined ? configuredProviders(context) : [speechProvider(name, context)]
  const lists = await Promise.all(providers.map(provider => voicesOf(provider, context)))
  return lists.flat()
}

/** Nothing is paid for a list, but what goes wrong with it is told in the same words. */
async function voicesOf(provider: SpeechProvider, {meter, signal}: Context): Promise<readonly Voice[]> {
  const account = await meter()
  const {answer} = await account.run(
    {
      provider: provider.name,
      model: 'voices',
      pricing: 'own-machine',
      most: {},
      repeatable: true,
      timeout: listTimeout,
      secrets: provider.secrets,
      signal,
    },
    async own => ({answer: await provider.voices(own), used: {}}),
  )
  return answer
}

async function spokenParts(
  provider: SpeechProvider,
  parts: readonly string[],
  asked: SpeechAsked,
  {emit, signal, meter}: Context,
) {
  const spoken: {
    bytes: Uint8Array
    words: readonly SpokenWord[] | null
    requestId: string
    costNanoUsd: bigint | null
  }[] = []
  const account = await meter()
  for (const [index, text] of parts.entries()) {
    if (parts.length > 1) emit({type: 'progress', label: 'Speaking', done: index, total: parts.length, unit: 'parts'})
    const part = {
      text,
      before: (parts[index - 1] ?? '').slice(-around),
      after: (parts[index + 1] ?? '').slice(0, around),
    }
    const {answer, ...outcome} = await account.run(
      {
        provider: provider.pricing === 'unknown' ? `${provider.name}-compatible` : provider.name,
        model: asked.model,
        pricing: provider.pricing,
        most: provider.most(text, asked.model),
        repeatable: true,
        timeout,
        secrets: provider.secrets,
        signal,
      },
      async own => {
        const {bytes, words, used} = await provider.speak(part, asked, own)
        return {answer: {bytes, words}, used}
      },
    )
    spoken.push({...answer, ...outcome})
  }
  return spoken
}

function speechProvider(named: SpeechProviderName | undefined, context: Context): SpeechProvider {
  const {settings} = context
  const name = named ?? (settings.get('audio.speech_provider') as SpeechProviderName | undefined)
  if (name === undefined) return configuredProviders(context)[0]!
  const provider = openProvider(name, settings)
  if (provider) return provider
  throw new SpeechNotConfiguredError(`${name} is asked to speak, but it has no key`, {
    hint: `set ${name === 'openai' ? 'OPENAI_API_KEY, or audio.base_url' : 'ELEVENLABS_API_KEY'}`,
  })
}

function openProvider(name: SpeechProviderName, settings: Context['settings']): SpeechProvider | undefined {
  switch (name) {
    case 'elevenlabs':
      return elevenLabsSpeech(settings)
    case 'openai':
      return openAiSpeech(settings)
    case 'espeak-ng':
      return espeakSpeech()
  }
}

/** Those with a key; where nobody has one, the program of this machine. */
function configuredProviders({settings, emit}: Pick<Context, 'settings' | 'emit'>): readonly SpeechProvider[] {
  const found = [elevenLabsSpeech(settings), openAiSpeech(settings)].filter(each => each !== undefined)
  if (found.length > 0) return found
  emit({
    type: 'note',
    level: 'info',
    message: 'Nothing is configured that speaks: espeak-ng of this machine does (ELEVENLABS_API_KEY or OPENAI_API_KEY)',
  })
  return [espeakSpeech()]
}

/** What the profile says of a provider holds for that one alone: another has no such model or voice. */
function configured(context: Context, name: string, {provider}: SpeechRequest): string | undefined {
  const chosen = context.settings.get('audio.speech_provider')
  return provider === undefined || provider === chosen ? textOf(context.settings, name) : undefined
}

function assertAble(
  provider: SpeechProvider,
  {timestamps, format, speed}: SpeechRequest & {readonly format: SpeechFormat},
  {settings}: Context,
): void {
  const all = [elevenLabsSpeech(settings), openAiSpeech(settings), espeakSpeech()].filter(each => each !== undefined)
  const others = (able: (other: SpeechProvider) => boolean) => {
    const names = all.filter(able).map(({name}) => name)
    return names.length > 0 ? `--provider ${names.join(', or --provider ')}` : undefined
  }
  const refuse = (what: string, hint: string | undefined) => {
    throw new UnsupportedSpeechError(`${provider.name} ${what}`, hint === undefined ? {} : {hint})
  }
  if (timestamps && !provider.tellsTimes) {
    refuse('does not tell when words are spoken', others(other => other.tellsTimes) ?? 'set ELEVENLABS_API_KEY')
  }
  if (!provider.formats.includes(format)) {
    refuse(
      `does not make ${format.toUpperCase()}`,
      `take ${provider.formats.join(' or ')}, as in \`-o speech.${provider.formats[0]}\``,
    )
  }
  if (speed !== undefined && (speed < provider.slowest || speed > provider.fastest)) {
    refuse(`speaks at a speed from ${provider.slowest} to ${provider.fastest}`, undefined)
  }
}

/** Times of parts begin with each part; in the whole a part begins where the one before has ended. */
function wordsOfWhole(
  parts: readonly (readonly SpokenWord[])[],
  files: readonly Uint8Array[],
  format: SpeechFormat,
): readonly SpokenWord[] {
  let offset = 0
  return parts.flatMap((words, index) => {
    const begun = offset
    offset += speechDuration(files[index]!, format) ?? words.at(-1)?.end ?? 0
    return words.map(({word, start, end}) => ({word, start: rounded(begun + start), end: rounded(begun + end)}))
  })
}

function rounded(seconds: number): number {
  return Math.round(seconds * 1_000) / 1_000
}
