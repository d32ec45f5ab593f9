import type {Analyser} from '../../plugins/rag/src/analysis/analyser.ts'
import type {TermStatistics} from '../../plugins/rag/src/answers/question.ts'
import type {Hit} from '../../plugins/rag/src/index/passage.ts'
import type {SetDocument} from './answer-sets.ts'

const K1 = 1.2
const B = 0.75

/** A BM25 field in memory. */
class Field {
  readonly postings = new Map<string, Map<number, number>>()
  readonly lengths: number[] = []

  add(document: number, terms: readonly string[]): void {
    this.lengths[document] = terms.length
    for (const term of terms) {
      let posting = this.postings.get(term)
      if (!posting) {
        posting = new Map()
        this.postings.set(term, posting)
      }
      posting.set(document, (posting.get(document) ?? 0) + 1)
    }
  }

  search(terms: ReadonlySet<string>, accepts: (document: number) => boolean): Map<number, number> {
    const average = this.lengths.reduce((sum, length) => sum + length, 0) / this.lengths.length
    const scores = new Map<number, number>()
    for (const term of terms) {
      const posting = this.postings.get(term)
      if (!posting) continue
      const idf = Math.log(1 + (this.lengths.length - posting.size + 0.5) / (posting.size + 0.5))
      for (const [document, frequency] of posting) {
        if (!accepts(document)) continue
        const norm = K1 * (1 - B + (B * this.lengths[document]!) / average)
        scores.set(document, (scores.get(document) ?? 0) + (idf * frequency * (K1 + 1)) / (frequency + norm))
      }
    }
    return scores
  }
}

/**
 * The product's default ranking without its store: BM25 of stems and of 4-grams, fused half and half by min-max. It
 * lets a set be searched thousands of times, each time without another article.
 */
export class MemoryIndex implements TermStatistics {
  readonly #documents: readonly SetDocument[]
  readonly #analyser: Analyser
  readonly #terms = new Field()
  readonly #grams = new Field()
  readonly languages: readonly string[]

  constructor(documents: readonly SetDocument[], analyser: Analyser) {
    this.#documents = documents
    this.#analyser = analyser
    this.languages = [...new Set(documents.map(document => document.language))]
    documents.forEach((document, at) => {
      const analysis = analyser.analyse(`${document.title}\n${document.text}`, {language: document.language})
      this.#terms.add(at, analysis.terms)
      this.#grams.add(at, analysis.grams)
    })
  }

  get passages(): number {
    return this.#documents.length
  }

  frequency(term: string): number {
    return this.#terms.postings.get(term)?.size ?? 0
  }

  search(query: string, limit = 10, accepts: (document: SetDocument) => boolean = () => true): Hit[] {
    const terms = new Set<string>()
    const grams = new Set<string>()
    for (const language of this.languages) {
      const analysis = this.#analyser.analyse(query, {language})
      for (const term of analysis.terms) terms.add(term)
      for (const gram of analysis.grams) grams.add(gram)
    }
    const accepted = (at: number): boolean => accepts(this.#documents[at]!)
    const fused = new Map<number, number>()
    for (const scores of [this.#terms.search(terms, accepted), this.#grams.search(grams, accepted)]) {
      const best = [...scores].toSorted((left, right) => right[1] - left[1]).slice(0, 100)
      const highest = best[0]?.[1] ?? 0
      const lowest = best.at(-1)?.[1] ?? 0
      for (const [at, score] of best) {
        const share = highest > lowest ? (score - lowest) / (highest - lowest) : 1
        fused.set(at, (fused.get(at) ?? 0) + 0.5 * share)
      }
    }
    return [...fused]
      .toSorted((left, right) => right[1] - left[1] || left[0] - right[0])
      .slice(0, limit)
      .map(([at, score]) => hitOf(this.#documents[at]!, score))
  }
}

function hitOf(document: SetDocument, score: number): Hit {
  return {
    id: document.id,
    documentId: document.id,
    source: document.id,
    ...(document.title === '' ? {} : {title: document.title}),
    language: document.language,
    metadata: {},
    ordinal: 0,
    text: document.text,
    headings: [],
    start: 0,
    end: document.text.length,
    lineStart: 1,
    lineEnd: document.text.split('\n').length,
    score,
    coverage: 0,
  }
}
