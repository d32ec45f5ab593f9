import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {CancelledError, InvalidInputError} from '@omni-ops/core/operation'
import {lengthOf} from './sentences.ts'
import {SpeechNotConfiguredError, type SpeechProvider, type Voice} from './speech-provider.ts'
import {joinWavs} from './wav.ts'

/** espeak-ng has no such voice, or cannot speak the text with it. */
export class EspeakError extends InvalidInputError {
  override readonly code = 'audio_espeak_failed'
}

/** Words a minute at speed 1: espeak-ng's own default. */
const wordsPerMinute = 175
/** A text of that many characters is some hours of speech. */
const longest = 200_000
const largestOutput = 1_000_000_000
/** A language, and a variant of the voice: `en-gb`, `sl+f2`. What has a slash in it would be the path of a file. */
const voiceName = /^[a-z][a-z0-9]*([-_+][a-z0-9]+){0,5}$/i

/** `espeak-ng` of this machine: no network, no key, and a voice that sounds like a machine. */
export function espeakSpeech(): SpeechProvider {
  return {
    name: 'espeak-ng',
    pricing: 'own-machine',
    secrets: [],
    defaultModel: 'espeak-ng',
    formats: ['wav'],
    tellsTimes: false,
    slowest: 0.5,
    fastest: 2.5,
    longest: () => longest,
    most: text => ({characters: lengthOf(text)}),
    defaultVoice: 'en',
    async speak({text}, {voice, speed = 1}, signal) {
      if (!voiceName.test(voice)) throw noVoice(voice)
      const rate = String(Math.round(wordsPerMinute * speed))
      // The text goes by stdin: arguments are seen by everybody on the machine.
      const bytes = await output(['--stdin', '--stdout', '-v', voice, '-s', rate], text, signal)
      if (bytes.length === 0) throw noVoice(voice)
      // Into a pipe it cannot write how long it has become.
      return {bytes: joinWavs([bytes], 'espeak-ng'), words: null, used: {characters: lengthOf(text)}}
    },
    async voices(signal) {
      const list = await output(['--voices'], '', signal)
      return voicesOf(Buffer.from(list).toString('utf8'))
    },
  }
}

/** `Pty Language Age/Gender VoiceName File Other`, in columns; a name has no spaces. */
function voicesOf(list: string): readonly Voice[] {
  return list
    .split('\n')
    .slice(1)
    .map(line => line.trim().split(/\s+/))
    .filter(columns => columns.length >= 4)
    .map(([, language, gender, name]) => ({
      id: language!,
      name: name!.replaceAll('_', ' '),
      provider: 'espeak-ng' as const,
      description: gender!.endsWith('F') ? 'female' : 'male',
    }))
}

function noVoice(voice: string): EspeakError {
  return new EspeakError(`espeak-ng has no voice "${voice}"`, {hint: '`omni audio voices` lists them'})
}

async function output(argv: readonly string[], input: string, signal: AbortSignal): Promise<Uint8Array> {
  const child = spawn('espeak-ng', [...argv], {stdio: ['pipe', 'pipe', 'pipe'], signal})
  const pieces: Buffer[] = []
  const complaints: Buffer[] = []
  let size = 0
  child.stdin.on('error', () => undefined)
  child.stdout.on('data', (piece: Buffer) => {
    size += piece.length
    if (size > largestOutput) child.kill('SIGKILL')
    else pieces.push(piece)
  })
  child.stderr.on('data', (piece: Buffer) => void (complaints.length < 20 && complaints.push(piece)))
  child.stdin.end(input)
  try {
    const [code] = (await once(child, 'close')) as [number | null]
    if (code === 0) return Buffer.concat(pieces)
  } catch (error) {
    if (signal.aborted) throw new CancelledError()
    throw missing(error as Error)
  }
  if (signal.aborted) throw new CancelledError()
  const said = Buffer.concat(complaints).toString('utf8').replaceAll(/\s+/g, ' ').trim().slice(0, 200)
  throw new EspeakError(`espeak-ng failed: ${said || 'it was ended'}`, {
    hint: '`omni audio voices` lists what it speaks',
  })
}

function missing(cause: Error): SpeechNotConfiguredError {
  return new SpeechNotConfiguredError('Nothing is configured that speaks, and espeak-ng is not on the PATH', {
    hint: 'set ELEVENLABS_API_KEY or OPENAI_API_KEY, or install espeak-ng',
    cause,
  })
}
