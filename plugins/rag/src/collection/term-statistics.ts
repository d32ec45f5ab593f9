import type {TermStatistics} from '../answers/question.ts'

/**
 * Document frequencies from the index's idf: BM25's idf = ln(1 + (N − n + ½) / (n + ½)), solved for n. Terms are
 * learned from searches; one that no search has asked for counts as rare.
 */
export class LearnedStatistics implements TermStatistics {
  readonly passages: number
  readonly #idf = new Map<string, number>()

  constructor(passages: number) {
    this.passages = passages
  }

  learn(idf: ReadonlyMap<string, number>): void {
    for (const [term, value] of idf) this.#idf.set(term, value)
  }

  frequency(term: string): number {
    const idf = this.#idf.get(term)
    return idf === undefined ? 0 : Math.max(0, (this.passages + 1) / Math.exp(idf) - 0.5)
  }
}
