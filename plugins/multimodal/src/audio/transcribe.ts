import type {Quantities} from '@omni-ops/core/llm'
import {type Context, NotConfiguredError} from '@omni-ops/core/operation'
import type {Media} from '../media/read-media.ts'
import {openAiAccess, textOf} from '../providers/openai-access.ts'
import {cutAtSilence, type SoundPiece} from './cut-at-silence.ts'
import {decodeRecording} from './decode-recording.ts'
import {type KnownSpeaker, requestTranscription} from './openai-transcription.ts'
import {assertLength, boundedDuration, recordingDuration} from './recording.ts'
import {speakerSamples} from './speaker-samples.ts'
import {type PartialTranscript, stitchTranscripts, type Transcript} from './transcript.ts'
import {largestRequest, type Timestamps, type TranscriptionModel, transcriptionModel} from './transcription-models.ts'
import {writeWav} from './wav.ts'

export interface TranscriptionRequest {
  readonly model?: string | undefined
  /** ISO 639-1. */
  readonly language?: string | undefined
  readonly timestamps: Timestamps
  readonly diarize: boolean
  /** What the recording is about, or how words in it are spelt. */
  readonly prompt?: string | undefined
  /** How the part of the recording before this one ended. */
  readonly before?: string | undefined
  readonly keywords: readonly string[]
  /** Voices that are known already: at most four. */
  readonly speakers: readonly KnownSpeaker[]
}

export interface Transcription extends Transcript {
  readonly provider: string
  readonly model: string
  /** Requests that it took. */
  readonly pieces: number
  /** Of the usage records, one for each piece. */
  readonly requestIds: readonly string[]
  /** 10⁻⁹ US dollars; null where a price is not known. */
  readonly costNanoUsd: bigint | null
}

/** Nothing is configured that could write speech down. */
export class TranscriptionNotConfiguredError extends NotConfiguredError {
  override readonly code = 'audio_transcription_not_configured'
}

/** A request that goes up may be large, and its answer takes a part of the recording's length. */
const timeout = 300_000
/** Of what was said before, so many characters tell the model how names are spelt and where it goes on. */
const remembered = 200
/** Bytes of what is sent whole, and of a piece. */
const sizes: PieceSizes = {whole: largestRequest, piece: largestRequest - 1_000_000}
/** A token of sound is a tenth of a second (https://platform.openai.com/docs/guides/realtime-costs). */
const tokensPerSecond = 10
/** An answer of these models ends there (https://platform.openai.com/docs/models/gpt-4o-transcribe). */
const mostOutputTokens = 2_000
/** More than anybody speaks, where a long recording is taken apart over there. */
const spokenTokensPerSecond = 10

/**
 * Writes a recording down: in one request, or, where it is larger or longer than the model takes, in pieces that are cut
 * at silence and put together with the times of the whole. Speakers keep their names from piece to piece.
 *
 * @throws TranscriptionNotConfiguredError, UnsupportedTranscriptionError, the errors of reading and taking apart, and
 *   those of `Meter.run`
 */
export async function transcribe(
  recording: Media,
  request: TranscriptionRequest,
  context: Context,
): Promise<Transcription> {
  const access = openAiAccess(context.settings, 'audio.base_url')
  if (access === undefined) throw notConfigured()
  const model = transcriptionModel(
    request.model ?? textOf(context.settings, 'audio.transcription_model'),
    {...request, prompt: request.prompt !== undefined, keywords: request.keywords.length > 0},
    access.isVendor,
  )
  const duration = await recordingDuration(recording)
  assertLength(recording, duration, longestOf(context))
  const meter = await context.meter()
  const provider = access.isVendor ? 'openai' : 'openai-compatible'
  const {parts, outcomes} = await inPieces({recording, duration, model, sizes, context}, async piece => {
    const outcome = await meter.run(
      {
        provider,
        model: model.name,
        pricing: access.isVendor ? 'list' : 'unknown',
        most: mostOf(model, boundedDuration(piece.recording, piece.duration)),
        repeatable: true,
        timeout,
        secrets: access.apiKey === undefined ? [] : [access.apiKey],
        signal: context.signal,
      },
      async signal => {
        const {transcript, used} = await requestTranscription(
          access,
          {
            ...request,
            ...piece,
            model,
            language: request.language,
            prompt: [request.prompt, piece.before || request.before].filter(Boolean).join(' ') || undefined,
            speakers: [...request.speakers, ...piece.speakers].slice(0, 4),
          },
          signal,
        )
        const heard = used ?? (model.billedBy === 'seconds' && piece.duration !== null ? {} : null)
        // The length shows in the usage also where it is not what is billed.
        return {answer: transcript, used: heard && withLength(heard, piece.duration)}
      },
    )
    return {transcript: outcome.answer, outcome}
  })
  const costs = outcomes.map(({costNanoUsd}) => costNanoUsd)
  const transcript = stitchTranscripts(parts)
  return {
    ...transcript,
    language: transcript.language ?? request.language ?? null,
    provider,
    model: model.name,
    pieces: parts.length,
    requestIds: outcomes.map(({requestId}) => requestId),
    costNanoUsd: costs.some(cost => cost === null) ? null : costs.reduce((sum, cost) => sum! + cost!, 0n)!,
  }
}

/** A part of a recording, and what is known from the parts before it. */
export interface RecordingPiece {
  readonly recording: Media
  /** Seconds; null where nobody knows. */
  readonly duration: number | null
  /** The end of what was said before. */
  readonly before: string
  readonly speakers: readonly KnownSpeaker[]
}

export interface PieceSizes {
  /** Bytes of a recording that is sent as it is. */
  readonly whole: number
  /** Bytes of a piece of one that is larger. */
  readonly piece: number
}

interface PieceAnswer<T> {
  readonly transcript: Transcript
  readonly outcome: T
}

/**
 * Asks for a recording whole where it may be sent whole, else piece by piece and one after the other: each knows how the
 * one before ended and who spoke in it.
 */
export async function inPieces<T>(
  {
    recording,
    duration,
    model,
    sizes: {whole, piece: largestPiece},
    context,
  }: {
    readonly recording: Media
    readonly duration: number | null
    readonly model: Pick<TranscriptionModel, 'longest' | 'diarizes' | 'takesPrompt'>
    readonly sizes: PieceSizes
    readonly context: Pick<Context, 'emit' | 'signal' | 'settings'>
  },
  ask: (piece: RecordingPiece) => Promise<PieceAnswer<T>>,
): Promise<{readonly parts: readonly PartialTranscript[]; readonly outcomes: readonly T[]}> {
  const seconds = boundedDuration(recording, duration)
  const isWhole = recording.bytes.length <= whole && (model.longest === null || seconds <= model.longest)
  if (isWhole) {
    const {transcript, outcome} = await ask({recording, duration, before: '', speakers: []})
    return {parts: [{start: 0, duration, transcript}], outcomes: [outcome]}
  }
  const parts: PartialTranscript[] = []
  const outcomes: T[] = []
  const known = new Map<string, KnownSpeaker>()
  const progress = (done: number) =>
    context.emit({
      type: 'progress',
      label: 'Transcribing',
      done: Math.round(done),
      ...(duration === null ? {} : {total: Math.round(duration)}),
      unit: 's',
    })
  progress(0)
  for await (const piece of wavPieces(recording, {longest: model.longest, bytes: largestPiece}, context.signal)) {
    const length = piece.sound.samples.length / piece.sound.sampleRate
    // A header may say less than there is: what unpacks to more than is allowed is not paid for.
    assertLength(recording, piece.sound.start + length, longestOf(context))
    const before = model.takesPrompt ? (parts.at(-1)?.transcript.text.slice(-remembered) ?? '') : ''
    const {transcript, outcome} = await ask({
      recording: piece.media,
      duration: length,
      before,
      speakers: [...known.values()],
    })
    parts.push({start: piece.sound.start, duration: length, transcript})
    outcomes.push(outcome)
    if (model.diarizes) speakerSamples(transcript, piece.sound, known)
    progress(piece.sound.start + length)
  }
  return {parts, outcomes}
}

/** Minutes. */
function longestOf({settings}: Pick<Context, 'settings'>): number {
  return settings.get('audio.longest_recording') as number
}

async function* wavPieces(
  recording: Media,
  {longest, bytes: most}: {readonly longest: number | null; readonly bytes: number},
  signal: AbortSignal,
): AsyncGenerator<{readonly media: Media; readonly sound: SoundPiece}> {
  const sound = decodeRecording(recording, signal)
  const first = await sound.next()
  if (first.done) return
  const bytesPerSecond = first.value.sampleRate * 2
  const seconds = Math.min(most / bytesPerSecond, longest ?? Number.POSITIVE_INFINITY)
  async function* all() {
    yield first.value!
    yield* sound
  }
  for await (const piece of cutAtSilence(all(), {longest: seconds})) {
    const bytes = writeWav(piece.samples, piece.sampleRate)
    yield {media: {source: recording.source, mediaType: 'audio/wav', bytes}, sound: piece}
  }
}

function mostOf(model: TranscriptionModel, duration: number): Quantities {
  const seconds = Math.ceil(duration)
  if (model.billedBy === 'seconds') return {audio_seconds: seconds}
  return {
    audio_seconds: seconds,
    input_audio_tokens: seconds * tokensPerSecond,
    input_text_tokens: remembered,
    output_text_tokens: mostOutputTokens + seconds * spokenTokensPerSecond,
  }
}

function withLength(used: Quantities, duration: number | null): Quantities {
  return used.audio_seconds !== undefined || duration === null ? used : {...used, audio_seconds: duration}
}

function notConfigured(): TranscriptionNotConfiguredError {
  return new TranscriptionNotConfiguredError('Nothing is configured that writes speech down', {
    hint:
      'set OPENAI_API_KEY, or audio.base_url to a server that speaks the OpenAI protocol, such as one of Whisper on ' +
      'this machine: omni config set audio.base_url http://localhost:8000/v1',
  })
}
