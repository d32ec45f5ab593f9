import type {Chunk} from '../chunking/chunk.ts'
import {chunkDocument} from '../chunking/chunker.ts'
import type {ChunkIndex, IndexedDocument} from '../index/chunk-index.ts'
import {parsePlainText} from '../loaders/plain-text.ts'
import type {BeirSet, JudgedDocument, JudgedQuery} from './beir-set.ts'
import type {QueryOutcome} from './evaluation-result.ts'
import type {Grades} from './metrics.ts'
import {averagePrecision, hitAt, ndcgAt, recallAt, reciprocalRankAt} from './metrics.ts'

/** How each query of a set went, and how fast the corpus was indexed. */
export interface RetrievalEvaluation {
  readonly outcomes: readonly QueryOutcome[]
  /** Documents of the corpus chunked, analysed and indexed per second, optimisation included. */
  readonly documentsPerSecond: number
}

/** A query with the documents that were found for it, best first. */
export interface Answered {
  readonly query: JudgedQuery
  readonly ranked: readonly string[]
  readonly milliseconds: number
}

export interface EvaluationOptions {
  /** An empty collection; it is filled with the corpus. */
  readonly index: ChunkIndex
  readonly clock: {now(): Date; elapsed(): number}
  readonly signal?: AbortSignal
  onProgress?(progress: {readonly label: string; readonly done: number; readonly total: number}): void
}

/** Passages asked for per query, so that after mapping to documents the measures have enough of them. */
export const PASSAGES_PER_QUERY = 60
/** How many of the documents found an outcome keeps, for a reader who asks what went wrong. */
export const FOUND_KEPT = 10
const FILES_PER_BATCH = 256

/** Indexes the corpus and searches with every query, as an ingest and a search would. */
export async function evaluateRetrieval(set: BeirSet, options: EvaluationOptions): Promise<RetrievalEvaluation> {
  const began = options.clock.elapsed()
  const documentOf = await indexCorpus(set.documents, options)
  const seconds = (options.clock.elapsed() - began) / 1_000
  const answered = await searchAll(set.queries, documentOf, options)
  return {outcomes: answered.map(outcomeOf), documentsPerSecond: set.documents.length / seconds}
}

/**
 * Puts a corpus into the index, each file cut into chunks part by part.
 * @returns which document of the corpus a passage belongs to, by the passage's id.
 */
export async function indexCorpus(
  documents: readonly JudgedDocument[],
  {index, clock, signal, onProgress}: EvaluationOptions,
): Promise<ReadonlyMap<string, string>> {
  const documentOf = new Map<string, string>()
  const files = [...Map.groupBy(documents, ({file}) => file)]
  for (let at = 0; at < files.length; at += FILES_PER_BATCH) {
    signal?.throwIfAborted()
    const batch = files.slice(at, at + FILES_PER_BATCH).map(([file, parts]) => indexedFile(file, parts, documentOf))
    await index.replaceDocuments(batch)
    onProgress?.({label: 'Indexing', done: Math.min(files.length, at + FILES_PER_BATCH), total: files.length})
  }
  await index.optimize(clock.now())
  return documentOf
}

export async function searchAll(
  queries: readonly JudgedQuery[],
  documentOf: ReadonlyMap<string, string>,
  {index, clock, signal, onProgress}: EvaluationOptions,
): Promise<Answered[]> {
  const answered: Answered[] = []
  for (const query of queries) {
    signal?.throwIfAborted()
    const began = clock.elapsed()
    const {hits} = await index.search(query.text, {limit: PASSAGES_PER_QUERY})
    const milliseconds = clock.elapsed() - began
    // A document stands where its best passage does.
    answered.push({query, ranked: [...new Set(hits.map(({id}) => documentOf.get(id)!))], milliseconds})
    onProgress?.({label: 'Searching', done: answered.length, total: queries.length})
  }
  return answered
}

/** The measures of one ranked list; `map` over the documents of the passages asked for. */
export function rankingMeasures(ranked: readonly string[], grades: Grades): Record<RankingMeasure, number> {
  return {
    'ndcg@10': ndcgAt(10, ranked, grades),
    'recall@5': recallAt(5, ranked, grades),
    'recall@10': recallAt(10, ranked, grades),
    'hit@1': hitAt(1, ranked, grades),
    'hit@5': hitAt(5, ranked, grades),
    'mrr@10': reciprocalRankAt(10, ranked, grades),
    map: averagePrecision(ranked, grades),
  }
}

type RankingMeasure = 'ndcg@10' | 'recall@5' | 'recall@10' | 'hit@1' | 'hit@5' | 'mrr@10' | 'map'

function outcomeOf({query, ranked, milliseconds}: Answered): QueryOutcome {
  return {
    id: query.id,
    question: query.text,
    measures: rankingMeasures(ranked, query.grades),
    found: ranked.slice(0, FOUND_KEPT),
    expected: [...query.grades].filter(([, grade]) => grade > 0).map(([id]) => id),
    answer: null,
    answerable: null,
    confidence: null,
    search_ms: milliseconds,
    answer_ms: null,
  }
}

function indexedFile(file: string, parts: readonly JudgedDocument[], documentOf: Map<string, string>): IndexedDocument {
  const chunks: Chunk[] = []
  for (const {id, title, text} of parts) {
    const {blocks} = parsePlainText(text)
    const loaded = {source: id, mediaType: 'text/plain', text, blocks, contentHash: '', bytes: 0, metadata: {}}
    for (const chunk of chunkDocument(loaded)) {
      documentOf.set(`${file}:${chunks.length}`, id)
      chunks.push({
        ...chunk,
        ordinal: chunks.length,
        headings: title === '' ? chunk.headings : [title, ...chunk.headings],
      })
    }
  }
  return {documentId: file, source: file, metadata: {}, chunks}
}
