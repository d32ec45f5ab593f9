import {createHmac} from 'node:crypto'
import {isSearchable, normalisedIdentity, phoneForms} from './identifier-search.ts'
import type {GivenIdentity} from './personal-store.ts'

/** A keyed digest, and what it was made of: one value has others under other kinds. */
export interface Digest {
  readonly kind: string
  readonly digest: string
}

interface DigestKey {
  readonly key: Uint8Array
  readonly tenant: string
}

/** What a telephone number ends with, as it would be without its country's code. */
const phoneEnding = 'phone-ending'
/** An identifier of any kind as it stands in words, where nobody says of which kind it is. */
const mentioned = 'mentioned'
/** The SHA-256 of a file's bytes. */
const content = 'content'

/** What is remembered of an identity, so that it is recognised in a field and in words, however it is written there. */
export function digestsToKeep(identity: GivenIdentity, key: DigestKey): Digest[] {
  const exact = digestOf(key, identity.kind, normalisedIdentity(identity))
  if (identity.kind === 'email') return [exact]
  if (identity.kind === 'phone') {
    const {whole, endings} = phoneForms(identity.value)
    return [exact, digestOf(key, 'phone', whole), ...endings.map(ending => digestOf(key, phoneEnding, ending))]
  }
  return isSearchable(identity) ? [exact, mentionDigest(identity.value, key)] : [exact]
}

/** Under which digests an identity may be remembered: a number is also looked for with and without a country's code. */
export function digestsToAsk(identity: GivenIdentity, key: DigestKey): Digest[] {
  const exact = digestOf(key, identity.kind, normalisedIdentity(identity))
  if (identity.kind !== 'phone') return [exact]
  const {whole, endings} = phoneForms(identity.value)
  return [exact, digestOf(key, phoneEnding, whole), ...[whole, ...endings].map(form => digestOf(key, 'phone', form))]
}

/** The digest under which an identifier in words is remembered, whatever kind it is of. */
export function mentionDigest(value: string, key: DigestKey): Digest {
  return digestOf(key, mentioned, normalisedIdentity({kind: 'email', value}))
}

/** @param hash the SHA-256 of a file's bytes, in hexadecimal. */
export function contentDigest(hash: string, key: DigestKey): Digest {
  return digestOf(key, content, hash)
}

function digestOf({key, tenant}: DigestKey, kind: string, value: string): Digest {
  return {kind, digest: createHmac('sha256', key).update(`${tenant}\0${kind}\0${value}`).digest('hex')}
}
