import {createCipheriv, createHash} from 'node:crypto'

/** A reproducible stream of bytes: the AES-256-CTR key stream of a hashed seed. For tests only. */
export function seededRandomness(seed: string): {bytes(count: number): Uint8Array} {
  const key = createHash('sha256').update(seed).digest()
  const stream = createCipheriv('aes-256-ctr', key, Buffer.alloc(16))
  return {bytes: count => stream.update(Buffer.alloc(count))}
}
