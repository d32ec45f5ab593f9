import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {CancelledError, NotConfiguredError} from '@omni-ops/core/operation'
import {UnusableMediaError} from '../media/errors.ts'
import type {Media} from '../media/read-media.ts'
import {type Pcm, readWav} from './wav.ts'

/** A recording has to be taken apart, and nothing here can. */
export class NoDecoderError extends NotConfiguredError {
  override readonly code = 'audio_no_decoder'
}

/** What the decoders of the family wasm-audio-decoders have in common. */
interface Decoder {
  readonly ready: Promise<void>
  decode(data: Uint8Array): Decoded | Promise<Decoded>
  flush?(): Decoded | Promise<Decoded>
  free(): void | Promise<void>
}

interface Decoded {
  readonly channelData: readonly Float32Array[]
  readonly samplesDecoded: number
  readonly sampleRate: number
}

/** Bytes that a decoder gets at once: a few seconds of sound. */
const bytesAtOnce = 64 * 1024
/** What ffmpeg is asked to give, where the recording is of a kind that only it reads: what speech needs. */
const ffmpegRate = 16_000

/**
 * The sound of a recording, piece by piece, so that hours of it need no more memory than seconds: WAV by our own reader,
 * MP3, FLAC and Ogg by decoders that run as WebAssembly, everything else by `ffmpeg` where that is on the PATH.
 *
 * @throws NoDecoderError, UnusableMediaError, CancelledError
 */
export async function* decodeRecording(media: Media, signal: AbortSignal): AsyncGenerator<Pcm> {
  for await (const pcm of decoded(media, signal)) {
    if (signal.aborted) throw new CancelledError()
    yield pcm
  }
}

function decoded(media: Media, signal: AbortSignal): AsyncIterable<Pcm> | Iterable<Pcm> {
  const {bytes, mediaType, source} = media
  switch (mediaType) {
    case 'audio/wav':
      return readWav(bytes, source)
    case 'audio/mpeg':
      return byDecoder(media, async () => new (await import('mpg123-decoder')).MPEGDecoder() as Decoder)
    case 'audio/flac':
      return byDecoder(media, async () => new (await import('@wasm-audio-decoders/flac')).FLACDecoder() as Decoder)
    case 'audio/ogg':
      return byDecoder(media, () => oggDecoder(bytes))
    default:
      return byFfmpeg(media, signal)
  }
}

/** The first page of an Ogg stream begins with the name of its codec (RFC 7845, section 5.1; Vorbis I, 4.2.1). */
async function oggDecoder(bytes: Uint8Array): Promise<Decoder> {
  const head = Buffer.from(bytes.subarray(0, 256)).toString('latin1')
  if (head.includes('OpusHead')) return new (await import('ogg-opus-decoder')).OggOpusDecoder() as unknown as Decoder
  if (head.includes('FLAC')) return new (await import('@wasm-audio-decoders/flac')).FLACDecoder() as Decoder
  return new (await import('@wasm-audio-decoders/ogg-vorbis')).OggVorbisDecoder() as unknown as Decoder
}

async function* byDecoder({bytes, source}: Media, open: () => Promise<Decoder>): AsyncGenerator<Pcm> {
  const decoder = await open()
  let samples = 0
  try {
    await decoder.ready
    for (let at = 0; at < bytes.length; at += bytesAtOnce) {
      const {channelData, samplesDecoded, sampleRate} = await decoder.decode(bytes.subarray(at, at + bytesAtOnce))
      samples += samplesDecoded
      if (samplesDecoded > 0) yield {channels: channelData, sampleRate}
    }
    const rest = await decoder.flush?.()
    if (rest && rest.samplesDecoded > 0) yield {channels: rest.channelData, sampleRate: rest.sampleRate}
    if (samples + (rest?.samplesDecoded ?? 0) === 0)
      throw new UnusableMediaError(`${source} has no sound that can be read`)
  } finally {
    await decoder.free()
  }
}

async function* byFfmpeg({bytes, source, mediaType}: Media, signal: AbortSignal): AsyncGenerator<Pcm> {
  // Pipes only: `-protocol_whitelist` keeps a file that refers to others from having them read.
  const given = ['-nostdin', '-v', 'error', '-protocol_whitelist', 'pipe', '-i', 'pipe:0', '-vn']
  const wanted = ['-ac', '1', '-ar', String(ffmpegRate), '-f', 's16le', 'pipe:1']
  const child = spawn('ffmpeg', [...given, ...wanted], {stdio: ['pipe', 'pipe', 'pipe'], signal})
  const failed = Promise.withResolvers<never>()
  failed.promise.catch(() => undefined)
  child.once('error', error =>
    failed.reject(signal.aborted ? new CancelledError() : noFfmpeg(source, mediaType, error)),
  )
  const ended = Promise.race([once(child, 'close') as Promise<[number | null]>, failed.promise])
  ended.catch(() => undefined)
  // ffmpeg may end before it has read all of it.
  child.stdin.on('error', () => undefined)
  child.stderr.resume()
  child.stdin.end(bytes)
  let odd: Buffer = Buffer.alloc(0)
  try {
    const output = child.stdout[Symbol.asyncIterator]() as AsyncIterator<Buffer>
    for (;;) {
      const next = await Promise.race([output.next(), failed.promise])
      if (next.done) break
      const piece = Buffer.concat([odd, next.value])
      const samples = Math.floor(piece.length / 2)
      odd = piece.subarray(samples * 2)
      if (samples === 0) continue
      yield {
        channels: [Float32Array.from({length: samples}, (_, index) => piece.readInt16LE(index * 2) / 0x8000)],
        sampleRate: ffmpegRate,
      }
    }
    const [code] = await ended
    if (signal.aborted) throw new CancelledError()
    if (code !== 0)
      throw new UnusableMediaError(`${source} cannot be read by ffmpeg`, {hint: 'convert it to WAV or MP3'})
  } finally {
    child.kill('SIGKILL')
  }
}

function noFfmpeg(source: string, mediaType: string, cause: Error): NoDecoderError {
  return new NoDecoderError(`${source} (${mediaType}) is too long for one request, and cannot be taken apart here`, {
    hint: 'install ffmpeg, or convert it to MP3, FLAC, Ogg or WAV',
    cause,
  })
}
