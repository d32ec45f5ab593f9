import type {Chunk} from '../chunking/chunk.ts'
import {chunkDocument} from '../chunking/chunker.ts'
import type {ChunkIndex, IndexedDocument} from '../index/chunk-index.ts'
import {parsePlainText} from '../loaders/plain-text.ts'
import type {BeirSet, JudgedDocument, JudgedQuery} from './beir-set.ts'
import {hitAt, mean, ndcgAt, percentile, recallAt, reciprocalRankAt} from './metrics.ts'

/** What `omni rag eval` reports; all measures are means over the queries. */
export interface RetrievalReport {
  readonly 'ndcg@10': number
  readonly 'recall@5': number
  readonly 'recall@10': number
  readonly 'hit@5': number
  readonly 'mrr@10': number
  /** Of one search within the process, milliseconds. */
  readonly p50_ms: number
  readonly p95_ms: number
  /** Documents of the corpus chunked, analysed and indexed per second, optimisation included. */
  readonly docs_per_s: number
  readonly queries: number
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
const PASSAGES_PER_QUERY = 60
const FILES_PER_BATCH = 256

/** Indexes the corpus and searches with every query, as an ingest and a search would. */
export async function evaluateRetrieval(set: BeirSet, options: EvaluationOptions): Promise<RetrievalReport> {
  const began = options.clock.elapsed()
  const documentOf = await indexCorpus(set.documents, options)
  const seconds = (options.clock.elapsed() - began) / 1_000
  const answered = await searchAll(set.queries, documentOf, options)
  return {...summarise(answered), docs_per_s: set.documents.length / seconds}
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

/** The measures over all queries. */
export function summarise(answered: readonly Answered[]): Omit<RetrievalReport, 'docs_per_s'> {
  const over = (measure: (answer: Answered) => number) => mean(answered.map(measure))
  const times = answered.map(({milliseconds}) => milliseconds)
  return {
    'ndcg@10': over(({ranked, query}) => ndcgAt(10, ranked, query.grades)),
    'recall@5': over(({ranked, query}) => recallAt(5, ranked, query.grades)),
    'recall@10': over(({ranked, query}) => recallAt(10, ranked, query.grades)),
    'hit@5': over(({ranked, query}) => hitAt(5, ranked, query.grades)),
    'mrr@10': over(({ranked, query}) => reciprocalRankAt(10, ranked, query.grades)),
    p50_ms: percentile(0.5, times),
    p95_ms: percentile(0.95, times),
    queries: answered.length,
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
