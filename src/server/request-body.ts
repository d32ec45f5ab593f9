import {ExitCode, OmniError} from '../operation/errors.ts'
import {decodedPieces, isCoded} from './content-coding.ts'
import type {AppRequest} from './entrance.ts'
import {headerOf} from './header.ts'

/** The body is no JSON object, or one that no honest client sends. */
export class MalformedBodyError extends OmniError {
  readonly code = 'malformed_body'
  readonly exitCode = ExitCode.usage
  readonly httpStatus = 400
}

/** The body is not JSON by its own account. */
export class UnsupportedMediaTypeError extends OmniError {
  readonly code = 'unsupported_media_type'
  readonly exitCode = ExitCode.usage
  readonly httpStatus = 415
}

/** The body is larger than the server takes. */
export class BodyTooLargeError extends OmniError {
  readonly code = 'body_too_large'
  readonly exitCode = ExitCode.usage
  readonly httpStatus = 413
}

/** How many objects and arrays may lie in each other; what reads them further on may be recursive. */
const deepest = 64

/** So many large bodies are on their way in at once that one more might be too much. */
export class UploadsBusyError extends OmniError {
  readonly code = 'uploads_busy'
  readonly exitCode = ExitCode.notConfigured
  readonly httpStatus = 503
  /** Seconds. */
  readonly retryAfter = 2
}

/** A body up to this many bytes is read in one piece, and not counted: Node has it in its buffers already. */
const small = 64 * 1024

/** Room in memory for bodies that are on their way in, however slowly, from all senders together. */
export class BodyRoom {
  readonly #bytes: number
  #taken = 0

  constructor(bytes: number) {
    this.#bytes = bytes
  }

  /** @throws UploadsBusyError */
  take(bytes: number): void {
    if (this.#taken + bytes > this.#bytes) {
      throw new UploadsBusyError('Too much is being uploaded at once', {hint: 'try again in 2 s'})
    }
    this.#taken += bytes
  }

  give(bytes: number): void {
    this.#taken -= bytes
  }
}

export interface BodyOptions {
  /** The largest body, in bytes. */
  readonly limit: number
  readonly room: BodyRoom
}

/**
 * A request's body as bytes, for what is no JSON. Stops reading at the limit, which is that of what comes out of a
 * compressed body.
 * @throws BodyTooLargeError, UploadsBusyError, and what `decodedPieces` throws
 */
export async function readBytes(request: Request, options: BodyOptions): Promise<Uint8Array<ArrayBuffer>> {
  const pieces: Uint8Array[] = []
  const size = await eachPiece(request, options, piece => pieces.push(piece))
  return Buffer.concat(pieces, size)
}

/** Gives the size of all pieces together. */
async function eachPiece(
  {body, headers}: Request,
  {limit, room}: BodyOptions,
  take: (piece: Uint8Array) => void,
): Promise<number> {
  if (body === null) return 0
  const coding = headers.get('content-encoding') ?? undefined
  let size = 0
  try {
    for await (const piece of isCoded(coding) ? decodedPieces(body, coding) : body) {
      if (size + piece.byteLength > limit) throw tooLarge(limit)
      room.take(piece.byteLength)
      size += piece.byteLength
      take(piece)
    }
    return size
  } finally {
    room.give(size)
  }
}

/**
 * The JSON object in a request's body, empty where there is none. Stops reading at the limit.
 * @throws UnsupportedMediaTypeError, BodyTooLargeError, UploadsBusyError, MalformedBodyError
 */
export async function readJsonBody(request: AppRequest, options: BodyOptions): Promise<Record<string, unknown>> {
  const text = await readText(request, options)
  if (text === '') return {}
  assertJsonType(headerOf(request, 'content-type'))
  assertShallow(text)
  const value = parse(text)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new MalformedBodyError('The body must be a JSON object')
  }
  return value as Record<string, unknown>
}

async function readText(request: AppRequest, options: BodyOptions): Promise<string> {
  const {limit} = options
  const length = headerOf(request, 'content-length')
  // The HTTP parser holds a body to the length that it announced.
  if (length !== undefined && Number(length) > limit) throw tooLarge(limit)
  if (length !== undefined && Number(length) <= small && !isCoded(headerOf(request, 'content-encoding'))) {
    return textIn(new TextDecoder('utf-8', {fatal: true}), await request.req.raw.arrayBuffer())
  }
  // Decoded as it comes, so that it is not in memory a second time as bytes.
  const decoder = new TextDecoder('utf-8', {fatal: true})
  let text = ''
  await eachPiece(request.req.raw, options, piece => {
    text += textIn(decoder, piece, true)
  })
  return text + textIn(decoder)
}

/** JSON travels as UTF-8 (RFC 8259, section 8.1): in anything else, letters would be replaced and nobody told. */
function textIn(decoder: TextDecoder, bytes?: ArrayBuffer | Uint8Array, stream = false): string {
  try {
    return decoder.decode(bytes, {stream})
  } catch {
    throw new MalformedBodyError('The body is not in UTF-8', {hint: 'JSON is sent in UTF-8'})
  }
}

function tooLarge(limit: number): BodyTooLargeError {
  return new BodyTooLargeError(`The body is larger than ${limit} bytes`, {
    hint: 'send it in several requests',
    details: {limit},
  })
}

function assertJsonType(contentType: string | undefined): void {
  const type = contentType?.split(';')[0]?.trim().toLowerCase()
  if (type === 'application/json' || type?.endsWith('+json')) return
  throw new UnsupportedMediaTypeError('The body must be sent as application/json', {
    hint: 'add the header `Content-Type: application/json`',
  })
}

/** Counts brackets outside of texts: JSON.parse itself would take any depth. */
function assertShallow(text: string): void {
  let depth = 0
  let quoted = false
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (quoted) {
      if (code === 92) at += 1
      else if (code === 34) quoted = false
    } else if (code === 34) quoted = true
    else if (code === 123 || code === 91) {
      depth += 1
      if (depth > deepest) throw new MalformedBodyError(`The body is nested deeper than ${deepest} levels`)
    } else if (code === 125 || code === 93) depth -= 1
  }
}

function parse(text: string): unknown {
  try {
    // `__proto__` can only be a name where the text has it plainly or escapes something.
    return /__proto__|\\u/i.test(text) ? JSON.parse(text, refusePrototype) : JSON.parse(text)
  } catch (error) {
    if (error instanceof MalformedBodyError) throw error
    throw new MalformedBodyError(`The body is not JSON: ${(error as Error).message}`)
  }
}

/** As a name of a member, `__proto__` would become the prototype of whatever copies it. */
function refusePrototype(name: string, value: unknown): unknown {
  if (name === '__proto__') throw new MalformedBodyError('The body has a member called __proto__')
  return value
}
