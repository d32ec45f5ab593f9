import type {Context} from '@omni-ops/core/operation'
import {type AlphabetName, alphabets} from '../format-preserving/alphabet.ts'
import {privacyKey} from '../key/privacy-key.ts'
import {formatPreservingPurpose, FormatPreservingPseudonymizer} from './format-preserving-pseudonymizer.ts'
import {Pseudonymizer, pseudonymPurpose, type Pseudonyms} from './pseudonymizer.ts'

/** By a keyed hash, without form and without a way back; or by FF1, of the same form and with a way back for who has the key. */
export type PseudonymMethod = 'hmac' | 'ff1'

export interface PseudonymsForOptions {
  readonly domain: string
  readonly method: PseudonymMethod
  /** What FF1 encrypts. */
  readonly alphabet: AlphabetName
}

/** The pseudonyms of a domain; each method has a key of its own in it. Throws NoPrivacyKeyError. */
export function pseudonymsFor(
  {domain, method, alphabet}: PseudonymsForOptions,
  context: Pick<Context, 'settings' | 'tenant'>,
): Pseudonyms {
  const hashed = new Pseudonymizer(privacyKey(context, pseudonymPurpose(domain)))
  if (method === 'hmac') return hashed
  const key = privacyKey(context, formatPreservingPurpose(domain))
  return new FormatPreservingPseudonymizer({key, alphabet: alphabets[alphabet], others: hashed})
}
