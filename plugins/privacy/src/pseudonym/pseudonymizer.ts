import {createHmac} from 'node:crypto'
import type {EntityType} from '../detect/entity.ts'
import {base32} from '../key/base32.ts'
import {canonicalValue} from './canonical-value.ts'

const bytesKept = 16

/** What gives values pseudonyms, the same value always the same. */
export interface Pseudonyms {
  /** `type` is the kind of what was found in a text; a value without is the whole of a column that somebody named. */
  pseudonym(value: string, type?: EntityType): string
}

/**
 * Pseudonyms by HMAC-SHA-256 (RFC 2104) under a key of one domain, cut to 128 bits: who has the key can tell whether a value belongs to
 * a pseudonym, nobody else can try values out; in another domain the same value has another pseudonym (GDPR Article 4(5); ENISA,
 * Pseudonymisation techniques and best practices, 2019, section 5).
 */
export class Pseudonymizer implements Pseudonyms {
  readonly #key: Uint8Array

  constructor(key: Uint8Array) {
    this.#key = key
  }

  /** `psn_` and 26 characters a–z and 2–7. The kind is part of what is hashed where it is known. */
  pseudonym(value: string, type?: EntityType): string {
    const digest = createHmac('sha256', this.#key)
      .update(`${type ?? ''}\0${canonicalValue(type, value)}`)
      .digest()
    return `psn_${base32(digest.subarray(0, bytesKept))}`
  }
}

/** What the key of a domain is derived for. */
export function pseudonymPurpose(domain: string): string {
  return `pseudonym\0${domain}`
}
