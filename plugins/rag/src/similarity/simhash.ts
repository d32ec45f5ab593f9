import {foldDiacritics, lowerCase} from '../analysis/folding.ts'

/** A fingerprint of 64 bits as 16 hexadecimal digits: documents that read alike have fingerprints that differ little. */
export type SimHash = string

/** Words to a shingle. Fewer and texts of one subject look alike; more and a changed word weighs too much. */
const SHINGLE = 2
/** A text of fewer different shingles has no fingerprint: a word more or less would make it another. */
const FEWEST_SHINGLES = 16
/** Of a longer text so many words from its beginning count. */
const MOST_WORDS = 200_000
/**
 * Near-duplicates differ in at most so many of 64 bits: the bound that G. S. Manku, A. Jain and A. Das Sarma found for
 * eight billion pages ("Detecting Near-Duplicates for Web Crawling", WWW 2007).
 */
export const MOST_BITS_APART = 3
/** One more than the bits they may differ in, so that two near-duplicates agree in at least one whole band. */
export const BANDS = MOST_BITS_APART + 1
const DIGITS_OF_BAND = 16 / BANDS

const WORD = /[\p{L}\p{M}\p{N}]+/gu

/**
 * The SimHash (M. S. Charikar, "Similarity Estimation Techniques from Rounding Algorithms", STOC 2002) of a text's word
 * shingles, without case, accents and punctuation; undefined for a text that is too short to tell.
 */
export function simhashOf(text: string): SimHash | undefined {
  const counts = new Int32Array(64)
  const seen = new Set<string>()
  let previous: string[] = []
  let words = 0
  for (const [match] of foldDiacritics(lowerCase(text, 'und')).matchAll(WORD)) {
    if (++words > MOST_WORDS) break
    previous = [...previous.slice(1 - SHINGLE), match]
    if (previous.length < SHINGLE) continue
    const shingle = previous.join(' ')
    if (seen.has(shingle)) continue
    seen.add(shingle)
    vote(counts, 0, hash(shingle, 0x811c9dc5))
    vote(counts, 32, hash(shingle, 0x9747b28c))
  }
  if (seen.size < FEWEST_SHINGLES) return undefined
  return half(counts, 0) + half(counts, 32)
}

function vote(counts: Int32Array, from: number, bits: number): void {
  for (let bit = 0; bit < 32; bit++) counts[from + bit]! += (bits >>> bit) & 1 ? 1 : -1
}

function half(counts: Int32Array, from: number): string {
  let bits = 0
  for (let bit = 0; bit < 32; bit++) if (counts[from + bit]! > 0) bits |= 1 << bit
  return (bits >>> 0).toString(16).padStart(8, '0')
}

/** FNV-1a over UTF-16 code units, with the finalizer of MurmurHash3 so that every bit depends on every character. */
function hash(text: string, seed: number): number {
  let value = seed
  for (let index = 0; index < text.length; index++) value = Math.imul(value ^ text.charCodeAt(index), 0x01000193)
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b)
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35)
  return (value ^ (value >>> 16)) >>> 0
}

/** In how many of 64 bits two fingerprints differ. */
export function bitsApart(one: SimHash, other: SimHash): number {
  let difference = BigInt(`0x${one}`) ^ BigInt(`0x${other}`)
  let count = 0
  for (; difference > 0n; difference &= difference - 1n) count++
  return count
}

/** The parts of a fingerprint, each with its place, of which near-duplicates have one in common. */
export function bandsOf(simhash: SimHash): string[] {
  return Array.from({length: BANDS}, (_, band) => {
    const start = band * DIGITS_OF_BAND
    return simhash.slice(start, start + DIGITS_OF_BAND)
  })
}

/** Finds near-duplicates among the fingerprints it was given, by comparing only those with a band in common. */
export class SimHashIndex<Key> {
  readonly #byBand = new Map<string, {readonly key: Key; readonly simhash: SimHash}[]>()

  add(key: Key, simhash: SimHash): void {
    for (const [place, band] of bandsOf(simhash).entries()) {
      const name = `${place}:${band}`
      const bucket = this.#byBand.get(name)
      if (bucket) bucket.push({key, simhash})
      else this.#byBand.set(name, [{key, simhash}])
    }
  }

  /** What is nearest, and how far; the first added of several. */
  nearest(simhash: SimHash): {readonly key: Key; readonly bits: number} | undefined {
    let best: {key: Key; bits: number} | undefined
    for (const {key, bits} of this.near(simhash)) if (best === undefined || bits < best.bits) best = {key, bits}
    return best
  }

  /** All that is near, some of it perhaps more than once. */
  *near(simhash: SimHash): Generator<{readonly key: Key; readonly bits: number}> {
    for (const [place, band] of bandsOf(simhash).entries()) {
      for (const {key, simhash: other} of this.#byBand.get(`${place}:${band}`) ?? []) {
        const bits = bitsApart(simhash, other)
        if (bits <= MOST_BITS_APART) yield {key, bits}
      }
    }
  }
}
