import {deflateRawSync, inflateRawSync} from 'node:zlib'
import type {PassageTerms} from '../../analysis/document-reading.ts'
import {indicesOf} from './sparse-terms.ts'

/** Counters: 18 bits of a token's index say which one is its own. */
const BITS = 18

/**
 * In how many passages each term and gram is, which Pinecone does not tell: counters by the first bits of a token's
 * index. Tokens that share a counter are counted together, so that a rare one seems more frequent than it is, never
 * less.
 */
export class TermSketch {
  readonly #counts: Uint32Array

  constructor(counts = new Uint32Array(2 ** BITS)) {
    this.#counts = counts
  }

  add(terms: PassageTerms): void {
    for (const bucket of bucketsOf(terms)) this.#counts[bucket]!++
  }

  remove(terms: PassageTerms): void {
    for (const bucket of bucketsOf(terms)) if (this.#counts[bucket]! > 0) this.#counts[bucket]!--
  }

  /** Passages that have the token of this index, at most. */
  count(index: number): number {
    return this.#counts[index >>> (32 - BITS)]!
  }

  copy(): TermSketch {
    return new TermSketch(this.#counts.slice())
  }

  /** As text, compressed: most counters of a small collection are zero. */
  text(): string {
    return deflateRawSync(Buffer.from(this.#counts.buffer, this.#counts.byteOffset, this.#counts.byteLength)).toString(
      'base64',
    )
  }

  static of(text: string): TermSketch {
    const bytes = inflateRawSync(Buffer.from(text, 'base64'))
    return new TermSketch(new Uint32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + 4 * 2 ** BITS)))
  }
}

function bucketsOf(terms: PassageTerms): Set<number> {
  return new Set([...indicesOf(terms)].map(index => index >>> (32 - BITS)))
}
