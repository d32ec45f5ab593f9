import {copied, MalformedFileError, plainValue, type Segment, type SegmentReader, type Value} from './segment.ts'

const longestLiteral = 16 * 1024 * 1024
const deepest = 10_000

/** The strings and numbers of JSON, or of JSON values one after the other (JSON Lines), as values with the key they belong to. */
export const jsonSegments: SegmentReader = async function* read(pieces) {
  const reader = new JsonReader()
  for await (const piece of pieces) yield reader.push(piece)
  yield reader.finish()
}

/** The segments of one JSON value that is at hand as a whole. Throws MalformedFileError. */
export function jsonValueSegments(text: string): readonly Segment[] {
  const reader = new JsonReader()
  return [...reader.push(text), ...reader.finish()]
}

interface Container {
  readonly kind: '{' | '['
  key: string
  /** In an object: whether a string now is a key. */
  expectsKey: boolean
}

const bare = /[-+.\w]/

class JsonReader {
  readonly #containers: Container[] = []
  #pending = ''
  #consumed = 0;

  *push(piece: string): Generator<Segment> {
    this.#pending += piece
    yield* this.#read(false)
  }

  *finish(): Generator<Segment> {
    yield* this.#read(true)
    if (this.#containers.length > 0) throw this.#malformed('it ends inside an object or array')
  }

  *#read(atEnd: boolean): Generator<Segment> {
    const text = this.#pending
    let at = 0
    let copyFrom = 0
    while (at < text.length) {
      const character = text.charAt(at)
      if (character === '"') {
        const end = stringEnd(text, at)
        if (end === undefined) {
          if (atEnd) throw this.#malformed('a string never closes')
          break
        }
        if (at > copyFrom) yield copied(text.slice(copyFrom, at))
        yield this.#string(text.slice(at, end))
        at = end
        copyFrom = at
      } else if (bare.test(character)) {
        let end = at + 1
        while (end < text.length && bare.test(text.charAt(end))) end++
        if (end === text.length && !atEnd) break
        if (at > copyFrom) yield copied(text.slice(copyFrom, at))
        yield this.#bare(text.slice(at, end))
        at = end
        copyFrom = at
      } else {
        this.#structure(character)
        at++
      }
    }
    if (at > copyFrom) yield copied(text.slice(copyFrom, at))
    this.#pending = text.slice(at)
    this.#consumed += at
    if (this.#pending.length > longestLiteral) throw this.#malformed('a string is longer than 16 MB')
  }

  #string(raw: string): Segment {
    let text: string
    try {
      text = JSON.parse(raw) as string
    } catch {
      throw this.#malformed('a string holds a control character or an unknown escape')
    }
    const container = this.#containers.at(-1)
    const isKey = container?.kind === '{' && container.expectsKey
    if (isKey) container.key = text
    const offsets = raw.includes('\\') ? escapedOffsets(raw) : (at: number) => at + 1
    const value: Value = {kind: 'value', raw, text, rawOffset: offsets, field: isKey ? '' : this.#field(), bare: false}
    return value
  }

  #bare(raw: string): Segment {
    if (/^-?\d/.test(raw)) return plainValue(raw, this.#field(), true)
    if (raw !== 'true' && raw !== 'false' && raw !== 'null') throw this.#malformed(`"${raw.slice(0, 20)}" is no value`)
    return copied(raw)
  }

  /** The nearest key around: the elements of an array belong to the array's. */
  #field(): string {
    return this.#containers.findLast(container => container.kind === '{')?.key ?? ''
  }

  #structure(character: string): void {
    const container = this.#containers.at(-1)
    switch (character) {
      case '{':
      case '[':
        if (this.#containers.length >= deepest) throw this.#malformed('it is nested too deeply')
        this.#containers.push({kind: character, key: '', expectsKey: character === '{'})
        return
      case '}':
      case ']':
        if (container?.kind !== (character === '}' ? '{' : '[')) throw this.#malformed(`"${character}" closes nothing`)
        this.#containers.pop()
        return
      case ':':
        if (container?.kind !== '{') throw this.#malformed('":" stands outside an object')
        container.expectsKey = false
        return
      case ',':
        if (!container) throw this.#malformed('"," stands outside an object or array')
        container.expectsKey = container.kind === '{'
        return
      case ' ':
      case '\n':
      case '\r':
      case '\t':
      case '\uFEFF':
        return
      default:
        throw this.#malformed(`"${character}" has no place there`)
    }
  }

  #malformed(what: string): MalformedFileError {
    return new MalformedFileError(`This is no JSON: ${what}, near character ${this.#consumed + 1}`, {
      hint: 'read it as text with --format text',
    })
  }
}

/** After the closing quote of the string that begins at a place; undefined where it is not there yet. */
function stringEnd(text: string, start: number): number | undefined {
  for (let at = start + 1; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === 0x5c) at++
    else if (code === 0x22) return at + 1
  }
  return undefined
}

/** Offsets from what a string means into its literal. Every escape stands for one UTF-16 code unit. */
function escapedOffsets(raw: string): (at: number) => number {
  const offsets: number[] = []
  for (let at = 1; at < raw.length - 1;) {
    offsets.push(at)
    if (raw.charAt(at) !== '\\') at++
    else at += raw.charAt(at + 1) === 'u' ? 6 : 2
  }
  return at => offsets[at] ?? raw.length - 1
}
