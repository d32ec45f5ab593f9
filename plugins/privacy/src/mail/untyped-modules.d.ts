declare module 'mailsplit' {
  import type {Transform} from 'node:stream'

  interface Headers {
    /** Whether they are written anew. */
    changed: boolean
    /** The fields in their order, each with its name in lower case and as it stands, as bytes in a string. */
    getList(): {readonly key: string; line: string}[]
    hasHeader(key: string): boolean
    update(key: string, value: string): void
    add(key: string, value: string, index?: number): void
    build(lineEnd?: string): Buffer
  }

  /** A part of a message, told when its header has been read. */
  export interface Node {
    readonly type: 'node'
    readonly root: boolean
    readonly headers: Headers
    /** Of the transfer, in lower case; empty where there is none. */
    readonly encoding: string
    readonly contentType: string | false
    readonly charset: string | false
    readonly filename: string | false
    readonly multipart: string | false
    readonly partNr: readonly (string | number)[]
    setCharset(charset: string): void
  }

  /** Bytes of a part's body as they are transferred, or what stands between parts. */
  export interface Bytes {
    readonly type: 'body' | 'data'
    readonly value?: Buffer
  }

  /** Takes a message apart: it writes bytes and reads `Node` and `Bytes`, which together are those bytes. */
  export class Splitter extends Transform {
    constructor(options?: {
      /** Whether attached messages are taken apart, too. */
      readonly defaultInlineEmbedded?: boolean
      readonly maxHeadSize?: number
      readonly maxChildNodes?: number
    })
  }
}

declare module 'libmime' {
  interface StructuredValue {
    readonly value: string | false
    readonly params: Record<string, string>
  }
  const libmime: {
    /** Words of a header that are encoded (RFC 2047), as what they mean. */
    decodeWords(text: string): string
    encodeWord(text: string, encoding: 'Q' | 'B', longest?: number): string
    /** What of a text is not ASCII as encoded words. */
    encodeWords(text: string, encoding: 'Q' | 'B', longest?: number): string
    foldLines(line: string, length?: number, afterSpace?: boolean): string
    parseHeaderValue(value: string): StructuredValue
    buildHeaderValue(value: StructuredValue): string
  }
  export default libmime
}

declare module 'libqp' {
  const libqp: {
    decode(text: string): Buffer
    encode(bytes: Uint8Array): string
    wrap(text: string, length?: number): string
  }
  export default libqp
}
