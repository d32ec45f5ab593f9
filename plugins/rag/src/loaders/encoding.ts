import {isUtf8} from 'node:buffer'

export interface DecodedText {
  readonly text: string
  /** The label of the WHATWG Encoding Standard, or `utf-32le` and `utf-32be`, which that does not have. */
  readonly encoding: string
}

/** This much of the text with characters beyond ASCII decides between encodings. */
const SAMPLE_CHARACTERS = 8192
const SAMPLED_BYTES = 4_000_000
/** Among its characters beyond ASCII, so many may be damaged in a text that still is taken for UTF-8. */
const TOLERATED_DAMAGE = 0.1

/**
 * Decodes text of unknown encoding: by its byte order mark; else as UTF-16 or UTF-8 where the bytes are that; else by
 * the label a carrier gave (an HTTP header, an HTML meta element); else in the one of the single-byte encodings of Central Europe, Western Europe and Cyrillic by which the text looks most like a
 * language. The byte order mark is not part of the text. Undecodable bytes become U+FFFD.
 */
export async function decodeText(bytes: Uint8Array, label?: string): Promise<DecodedText> {
  const utf32 = utf32Mark(bytes)
  if (utf32 !== undefined) return withLineFeeds(utf32Text(bytes, utf32), utf32)
  const marked = byteOrderMark(bytes)
  if (marked !== undefined) return decode(bytes, marked)
  // Before UTF-8, in which zero bytes are valid too.
  const utf16 = utf16WithoutMark(bytes)
  if (utf16 !== undefined) return decode(bytes, utf16)
  if (isUtf8(bytes)) return decode(bytes, 'utf-8')
  const named = label === undefined ? undefined : canonicalEncoding(label)
  if (named !== undefined && named !== 'utf-8') return decode(bytes, named)
  const damaged = decode(bytes, 'utf-8')
  if (damage(damaged.text) <= TOLERATED_DAMAGE) return damaged
  return decode(bytes, await singleByteEncoding(bytes))
}

function decode(bytes: Uint8Array, encoding: string): DecodedText {
  return withLineFeeds(new TextDecoder(encoding).decode(bytes), encoding)
}

function withLineFeeds(text: string, encoding: string): DecodedText {
  // Lines that end with a carriage return alone (Mac OS to version 9) count as lines; no offset moves.
  const isOldMac = text.includes('\r') && !text.includes('\n')
  return {text: isOldMac ? text.replaceAll('\r', '\n') : text, encoding}
}

/** UTF-32 by its byte order mark (Unicode Standard, table 23-6): that of its little end begins as UTF-16's does. */
export function utf32Mark(bytes: Uint8Array): 'utf-32le' | 'utf-32be' | undefined {
  if (bytes.length % 4 !== 0) return undefined
  const head = Buffer.from(bytes.subarray(0, 4)).toString('hex')
  if (head === 'fffe0000') return 'utf-32le'
  if (head === '0000feff') return 'utf-32be'
  return undefined
}

function utf32Text(bytes: Uint8Array, encoding: 'utf-32le' | 'utf-32be'): string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const pieces: string[] = []
  for (let at = 4; at < bytes.length; at += 4) {
    const code = view.getUint32(at, encoding === 'utf-32le')
    pieces.push(code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff) ? '\uFFFD' : String.fromCodePoint(code))
  }
  return pieces.join('')
}

function byteOrderMark(bytes: Uint8Array): string | undefined {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return 'utf-8'
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le'
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be'
  return undefined
}

function canonicalEncoding(label: string): string | undefined {
  try {
    return new TextDecoder(label).encoding
  } catch {
    return undefined
  }
}

/** UTF-16 of mostly Latin text has a zero in nearly every other byte, always on the same side. */
export function utf16WithoutMark(bytes: Uint8Array): 'utf-16le' | 'utf-16be' | undefined {
  const length = Math.min(bytes.length & ~1, 4096)
  if (length < 4 || !bytes.subarray(0, length).includes(0)) return undefined
  let zerosAtEven = 0
  let zerosAtOdd = 0
  for (let index = 0; index < length; index += 2) {
    if (bytes[index] === 0) zerosAtEven++
    if (bytes[index + 1] === 0) zerosAtOdd++
  }
  const pairs = length / 2
  if (zerosAtOdd > pairs * 0.7 && zerosAtEven < pairs * 0.05) return 'utf-16le'
  if (zerosAtEven > pairs * 0.7 && zerosAtOdd < pairs * 0.05) return 'utf-16be'
  return undefined
}

/** The share of replacement characters among the characters beyond ASCII. */
function damage(text: string): number {
  let beyondAscii = 0
  let replaced = 0
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (code < 0x80) continue
    beyondAscii++
    if (code === 0xfffd) replaced++
  }
  return replaced / Math.max(beyondAscii, 1)
}

/** Š, Ť, Ž, š, ť and ž of windows-1250, of which windows-1252 has letters of few Western texts, or nothing. */
const CENTRAL_EUROPEAN_BYTES = new Set([0x8a, 0x8d, 0x8e, 0x9a, 0x9d, 0x9e])
/** C1 controls: no text has them, so an encoding which gives them is wrong. */
const C1_CONTROL = /[\u0080-\u009f]/

/** Ties go to the encoding that is named first: to Central Europe if there are letters that only it has in number. */
async function singleByteEncoding(bytes: Uint8Array): Promise<string> {
  const sample = sampleBeyondAscii(bytes)
  const isCentral = sample.some(byte => CENTRAL_EUROPEAN_BYTES.has(byte))
  const order = isCentral ? ['windows-1250', 'windows-1252'] : ['windows-1252', 'windows-1250']
  const {eld} = await import('eld/small')
  let best = {encoding: order[0]!, score: -1}
  for (const encoding of [...order, 'iso-8859-2', 'windows-1251']) {
    const text = new TextDecoder(encoding).decode(sample)
    if (C1_CONTROL.test(text)) continue
    const score = Math.max(0, ...Object.values(eld.detect(text).getScores()))
    if (score > best.score) best = {encoding, score}
  }
  return best.encoding
}

/** The lines that have bytes beyond ASCII, as far as a sample goes; of long lines, what is around such bytes. */
function sampleBeyondAscii(bytes: Uint8Array): Uint8Array {
  const reach = 80
  const sample: number[] = []
  let taken = 0
  const end = Math.min(bytes.length, SAMPLED_BYTES)
  for (let index = 0; index < end && sample.length < SAMPLE_CHARACTERS; index++) {
    if (bytes[index]! < 0x80) continue
    const from = Math.max(taken, index - reach)
    const to = Math.min(index + reach, end)
    if (from > taken) sample.push(0x20)
    for (let near = from; near < to; near++) sample.push(bytes[near]!)
    taken = to
    index = to - 1
  }
  return Uint8Array.from(sample)
}
