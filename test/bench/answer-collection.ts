import type {Analyser} from '../../plugins/rag/src/analysis/analyser.ts'
import type {Findings} from '../../plugins/rag/src/answers/extract-answer.ts'
import {findIn} from '../../plugins/rag/src/collection/findings.ts'
import {ChunkIndex} from '../../plugins/rag/src/index/chunk-index.ts'
import {LanceDbStore} from '../../plugins/rag/src/stores/lancedb/lancedb-store.ts'
import type {SetDocument, SetQuestion} from './answer-sets.ts'

/** The documents of a set in the product's own index. */
export class AnswerCollection {
  readonly #index: ChunkIndex
  readonly #analyser: Analyser
  readonly #groups = new Map<number, string[]>()

  private constructor(index: ChunkIndex, analyser: Analyser, documents: readonly SetDocument[]) {
    this.#index = index
    this.#analyser = analyser
    for (const {id, group} of documents) this.#groups.set(group, [...(this.#groups.get(group) ?? []), id])
  }

  /** One chunk for each document: they are paragraphs. */
  static async fill(
    directory: string,
    name: string,
    documents: readonly SetDocument[],
    analyser: Analyser,
  ): Promise<AnswerCollection> {
    const index = new ChunkIndex({store: new LanceDbStore({directory, collection: name}), analyser})
    await index.replaceDocuments(
      documents.map(({id, text, title, language}) => ({
        documentId: id,
        source: id,
        language,
        metadata: {},
        ...(title === '' ? {} : {title}),
        chunks: [
          {ordinal: 0, text, headings: [], start: 0, end: text.length, lineStart: 1, lineEnd: text.split('\n').length},
        ],
      })),
    )
    await index.optimize(new Date())
    return new AnswerCollection(index, analyser, documents)
  }

  get index(): ChunkIndex {
    return this.#index
  }

  find(question: SetQuestion): Promise<Findings> {
    return findIn(this.#index, this.#analyser, question.text, {limit: 10})
  }

  /** As if no text of the question's article were in the collection. */
  findElsewhere(question: SetQuestion): Promise<Findings> {
    const excludedDocumentIds = this.#groups.get(question.group) ?? []
    return findIn(this.#index, this.#analyser, question.text, {limit: 10, filter: {excludedDocumentIds}})
  }
}
