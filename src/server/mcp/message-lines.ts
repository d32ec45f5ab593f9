import {Transform, type TransformCallback} from 'node:stream'
import {callbackify} from 'node:util'
import {parseJSONRPCMessage, ProtocolErrorCode, STDIO_DEFAULT_MAX_BUFFER_SIZE} from '@modelcontextprotocol/server'

/** What is told of a line that is no message, as JSON-RPC 2.0, section 5.1, has it. */
export interface RefusedLine {
  readonly code: ProtocolErrorCode.ParseError | ProtocolErrorCode.InvalidRequest
  readonly message: string
  /** That of the request; null where it cannot be told. */
  readonly id: string | number | null
}

export interface MessageLinesOptions {
  /** Answers the client. The next line is looked at when it has ended. */
  readonly refuse: (refused: RefusedLine) => Promise<void>
  /** Of a line, in bytes. */
  readonly longest?: number
}

const lineFeed = 0x0a

/**
 * Lets through the lines of a client that are messages of JSON-RPC 2.0. The others are answered, since whoever sent
 * them may wait (https://www.jsonrpc.org/specification#error_object); the SDK drops them, and ends the session at a
 * line that is too long. Batches are refused like everything that is not one message: MCP had them in the revision of
 * 2025-03-26 alone. Blank lines are nothing, and a response is never answered, valid or not.
 */
export class MessageLines extends Transform {
  readonly #refuse: MessageLinesOptions['refuse']
  readonly #longest: number
  #pieces: Buffer[] = []
  #length = 0

  constructor({refuse, longest = STDIO_DEFAULT_MAX_BUFFER_SIZE}: MessageLinesOptions) {
    super()
    this.#refuse = refuse
    this.#longest = longest
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    callbackify(() => this.#take(chunk))(done)
  }

  override _flush(done: TransformCallback): void {
    callbackify(() => this.#endLine())(done)
  }

  async #take(chunk: Buffer): Promise<void> {
    let from = 0
    for (let feed = chunk.indexOf(lineFeed); feed !== -1; feed = chunk.indexOf(lineFeed, from)) {
      this.#gather(chunk.subarray(from, feed))
      await this.#endLine()
      from = feed + 1
    }
    this.#gather(chunk.subarray(from))
  }

  /** Of a line that is too long only the length is kept. */
  #gather(piece: Buffer): void {
    this.#length += piece.length
    if (this.#isTooLong()) this.#pieces = []
    else this.#pieces.push(piece)
  }

  /** The line feed, too, is what the transport behind this has room for. */
  #isTooLong(): boolean {
    return this.#length >= this.#longest
  }

  async #endLine(): Promise<void> {
    const isTooLong = this.#isTooLong()
    const line = Buffer.concat(this.#pieces)
    this.#pieces = []
    this.#length = 0
    if (isTooLong) {
      const message = `Invalid Request: a message has at most ${this.#longest.toLocaleString('en')} bytes`
      await this.#refuse({code: ProtocolErrorCode.InvalidRequest, message, id: null})
      return
    }
    const read = readLine(line)
    if (read === undefined) return
    if ('code' in read) await this.#refuse(read)
    else this.push(`${read.text}\n`)
  }
}

/** A line as a message or as what is wrong with it; undefined where there is nothing to say. */
function readLine(line: Buffer): RefusedLine | {readonly text: string} | undefined {
  let text: string
  let body: unknown
  try {
    // Some systems' pipes begin with a byte order mark, which it takes away.
    text = new TextDecoder('utf-8', {fatal: true}).decode(line).trim()
    if (text === '') return undefined
    body = JSON.parse(text)
  } catch {
    return {code: ProtocolErrorCode.ParseError, message: 'Parse error: the line is no JSON in UTF-8', id: null}
  }
  try {
    parseJSONRPCMessage(body)
    return {text}
  } catch {
    return isResponse(body)
      ? undefined
      : {code: ProtocolErrorCode.InvalidRequest, message: whyInvalid(body), id: idOf(body)}
  }
}

function whyInvalid(body: unknown): string {
  return Array.isArray(body)
    ? 'Invalid Request: batches are not taken; send each message in a line of its own'
    : 'Invalid Request: the line is no message of JSON-RPC 2.0'
}

function isResponse(body: unknown): boolean {
  return isObject(body) && !('method' in body) && ('result' in body || 'error' in body)
}

function idOf(body: unknown): RefusedLine['id'] {
  const id = isObject(body) ? body.id : undefined
  return typeof id === 'string' || typeof id === 'number' ? id : null
}

function isObject(body: unknown): body is Readonly<Record<string, unknown>> {
  return typeof body === 'object' && body !== null && !Array.isArray(body)
}
