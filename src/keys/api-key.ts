import {hash} from 'node:crypto'
import {crc32} from 'node:zlib'
import type {Randomness} from '../operation/context.ts'

/** A key as it is made: its text is shown once and never stored. */
export interface GeneratedKey {
  readonly text: string
  /** Names the key in lists, logs and audit entries; not secret. */
  readonly prefix: string
  /** What is stored. */
  readonly digest: string
}

const digits = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'
const prefixLength = 12
/** 43 digits of base 62 hold 256 bits. */
const secretLength = 43
const checksumLength = 6

const shape = /^omni_([0-9a-z]{12})_[0-9A-Za-z]{49}$/

/**
 * A new key: `omni_<prefix>_<secret><checksum>`. The secret has 256 bits, so that a plain SHA-256 of the key can be
 * stored: no dictionary helps against it, unlike against a password. The checksum (CRC-32 of all before it, in base 62)
 * tells a mistyped or cut key from an unknown one without asking the database.
 */
export function generateKey(random: Pick<Randomness, 'bytes'>): GeneratedKey {
  const prefix = randomDigits(random, prefixLength, 36)
  const body = `omni_${prefix}_${randomDigits(random, secretLength, digits.length)}`
  const text = body + checksumOf(body)
  return {text, prefix, digest: keyDigest(text).toString('hex')}
}

/** The prefix of a text that looks like a key; undefined for anything else. */
export function keyPrefix(text: string): string | undefined {
  return shape.exec(text)?.[1]
}

/** Whether the end of a key is the checksum of the rest: a mistyped or cut one is not. */
export function isIntactKey(text: string): boolean {
  return checksumOf(text.slice(0, -checksumLength)) === text.slice(-checksumLength)
}

/** The SHA-256 of a key. */
export function keyDigest(text: string): Buffer {
  return hash('sha256', text, 'buffer')
}

function checksumOf(body: string): string {
  let rest = crc32(body)
  let text = ''
  for (let index = 0; index < checksumLength; index += 1) {
    text = digits.charAt(rest % digits.length) + text
    rest = Math.floor(rest / digits.length)
  }
  return text
}

/** Digits with equal chances: bytes that would favour the first ones are drawn again. */
function randomDigits(random: Pick<Randomness, 'bytes'>, count: number, base: number): string {
  const fair = 256 - (256 % base)
  let text = ''
  while (text.length < count) {
    for (const byte of random.bytes(count)) {
      if (byte < fair && text.length < count) text += digits.charAt(byte % base)
    }
  }
  return text
}
