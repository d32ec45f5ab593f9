import {Readable, type Transform} from 'node:stream'
import {pipeline} from 'node:stream/promises'
import type * as zlibModule from 'node:zlib'
import {ExitCode, OmniError} from '../operation/errors.ts'

/** The body is compressed in a way that the server does not know, or more than once. */
export class UnsupportedContentCodingError extends OmniError {
  readonly code = 'unsupported_content_coding'
  readonly exitCode = ExitCode.usage
  readonly httpStatus = 415
  /** What it does know, for the header `Accept-Encoding` of the answer (RFC 9110, section 12.5.3). */
  readonly acceptEncoding = [...decoders.keys()].join(', ')
}

/** The body is not what its `Content-Encoding` says. */
export class BrokenContentCodingError extends OmniError {
  readonly code = 'broken_content_coding'
  readonly exitCode = ExitCode.usage
  readonly httpStatus = 400
}

/** Memory that a sender may make the decoder take: what RFC 8878, section 3.1.1.1.2 recommends, as 2 to its power. */
const widestZstdWindow = 23

type Zlib = typeof zlibModule

/** By their registered names (https://www.iana.org/assignments/http-parameters/http-parameters.xhtml#content-coding). */
const decoders = new Map<string, (zlib: Zlib) => Transform>([
  ['gzip', zlib => zlib.createGunzip()],
  ['deflate', zlib => zlib.createInflate()],
  ['br', zlib => zlib.createBrotliDecompress()],
  ['zstd', zlib => zlib.createZstdDecompress({params: {[zlib.constants.ZSTD_d_windowLogMax]: widestZstdWindow}})],
])

/** Whether a body is compressed; `identity` says that it is not. */
export function isCoded(contentEncoding: string | undefined): contentEncoding is string {
  return contentEncoding !== undefined && !['', 'identity'].includes(contentEncoding.trim().toLowerCase())
}

/**
 * The pieces of a compressed body, decompressed. They are made as they are read, so that who stops reading at a limit
 * has stopped a bomb as well.
 * @throws UnsupportedContentCodingError, BrokenContentCodingError
 */
export async function* decodedPieces(
  body: ReadableStream<Uint8Array>,
  contentEncoding: string,
): AsyncGenerator<Uint8Array> {
  const coding = contentEncoding
    .trim()
    .toLowerCase()
    .replace(/^x-(?=gzip$)/, '')
  const decoderOf = decoders.get(coding)
  if (decoderOf === undefined) {
    const known = [...decoders.keys()]
    throw new UnsupportedContentCodingError(`The body is encoded as ${coding.slice(0, 40)}, which is not known here`, {
      hint: `send it as it is, or with one of ${known.join(', ')}`,
    })
  }
  const decoder = decoderOf(await import('node:zlib'))
  // What goes wrong comes to whoever reads the pieces, as it destroys the decoder.
  const done = pipeline(Readable.fromWeb(body as never), decoder).catch(() => undefined)
  try {
    yield* decoder as AsyncIterable<Uint8Array>
  } catch (error) {
    if (isOfDecoder(error)) {
      throw new BrokenContentCodingError(`The body is not ${coding}: ${error.message}`, {cause: error})
    }
    throw error
  } finally {
    decoder.destroy()
    await done
  }
}

/** Of zlib, brotli and zstd: `Z_DATA_ERROR`, `ERR__ERROR_FORMAT_PADDING_1`, `ZSTD_error_prefix_unknown`. */
function isOfDecoder(error: unknown): error is Error {
  const {code} = (error ?? {}) as {code?: unknown}
  return error instanceof Error && typeof code === 'string' && /^(?:Z_|ERR__ERROR|ERR_BROTLI|ERR_ZLIB|ZSTD_)/.test(code)
}
