import {createCipheriv, createDecipheriv} from 'node:crypto'
import type {Randomness} from '../operation/context.ts'
import {FailureError} from '../operation/errors.ts'

const nonceBytes = 12
const tagBytes = 16

/** What was sealed can't be opened: another key, or it was changed. */
export class UnsealError extends FailureError {
  override readonly code = 'unseal_failed'
}

/** Encrypts with AES-256-GCM (NIST SP 800-38D) under a random nonce; the associated text is bound to it. Nonce, ciphertext, tag. */
export function seal(
  key: Uint8Array,
  plain: Uint8Array,
  associated: string,
  random: Pick<Randomness, 'bytes'>,
): Buffer {
  const nonce = random.bytes(nonceBytes)
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(associated))
  return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()])
}

/** Throws UnsealError where key, associated text or content is not what it was sealed with. */
export function unseal(key: Uint8Array, sealed: Uint8Array, associated: string): Buffer {
  const bytes = Buffer.from(sealed)
  if (bytes.length < nonceBytes + tagBytes) throw notOpened()
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, nonceBytes), {authTagLength: tagBytes})
    .setAAD(Buffer.from(associated))
    .setAuthTag(bytes.subarray(-tagBytes))
  try {
    return Buffer.concat([decipher.update(bytes.subarray(nonceBytes, -tagBytes)), decipher.final()])
  } catch (cause) {
    throw notOpened(cause)
  }
}

function notOpened(cause?: unknown): UnsealError {
  return new UnsealError('What was encrypted does not open with this key, or it was changed', {
    hint: 'use the secret key that it was made with',
    cause,
  })
}
