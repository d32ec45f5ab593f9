/** Where a statement stands: enough for a reader to open the document and find the very words. */
export interface Citation {
  /** The document's path or URL, as it was ingested. */
  readonly source: string
  /** The commit at which it was read; null for what is in no Git repository. */
  readonly commit: string | null
  /** Page, from 1; null for documents without pages. */
  readonly page: number | null
  /** Lines of the document's text, from 1, both inclusive. */
  readonly line_start: number
  readonly line_end: number
  /** Exactly the document's text from `start` to `end`. */
  readonly quote: string
  /** Extract: the probability that this quote holds the answer, from 0 to 1. Generated: the passage's search score. */
  readonly score: number
  /** The passage the quote was taken from. */
  readonly passage_id: string
  /** UTF-16 offsets into the document's text: start inclusive, end exclusive. */
  readonly start: number
  readonly end: number
  /** Of a generated answer: the number by which its text cites the passage, as `[2]`. */
  readonly number?: number
}

/**
 * What `omni rag query` says. `answered: false` means that the documents hold no answer as far as can be told; then
 * `answer` is empty and `citations` lists nothing, and it is not an error.
 */
export interface Answer {
  readonly answered: boolean
  /** `extract`: sentences of the documents, word for word. `generated`: written by a language model. */
  readonly kind: 'extract' | 'generated'
  readonly answer: string
  readonly citations: readonly Citation[]
  /**
   * Extract: the estimated probability that the passages found answer the question. Generated: the share of the
   * model's citations that hold. From 0 to 1.
   */
  readonly confidence: number
}

export interface ExtractedAnswer extends Answer {
  readonly kind: 'extract'
  /** The confidence below which the answer is refused. */
  readonly threshold: number
  /** Of a refused answer: the sentence that came nearest, for a reader who wants to look for themselves. */
  readonly nearest?: Citation
}

export interface GeneratedAnswer extends Answer {
  readonly kind: 'generated'
  readonly provider: string
  readonly model: string
  /** Sentences of the answer that no citation which holds speaks for. */
  readonly unsupported: readonly string[]
  /** How many of its sentences say something that could be looked for. */
  readonly claims: number
  /** The model answered, and nothing that it cites holds: what was streamed is not to be relied on. */
  readonly withdrawn: boolean
  /** Links and addresses that are in no passage; they are left out of `answer`. */
  readonly removed_links: number
  /** Citations of the model whose quote is not in the passage it names; they are left out of `citations`. */
  readonly dropped_citations: number
  /** The limit on tokens cut the answer off. */
  readonly truncated: boolean
  readonly usage: {readonly input_tokens: number | null; readonly output_tokens: number | null}
}
