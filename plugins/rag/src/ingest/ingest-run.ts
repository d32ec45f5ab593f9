import {createHash} from 'node:crypto'
import type {Context} from '@omni-ops/core/operation'
import {CancelledError} from '@omni-ops/core/operation'
import type {LoadedDocument, MetadataValue} from '../documents/document.ts'
import {DocumentError} from '../documents/errors.ts'
import type {Found, SourceReader} from './source-reader.ts'
import {compare} from '../operations/compare.ts'
import {ingest} from '../operations/ingest.ts'
import {list} from '../operations/list.ts'
import {optimize} from '../operations/optimize.ts'
import {remove} from '../operations/remove.ts'

export interface IngestRunOptions {
  readonly collection: string
  /** Given to every document, over what the document says of itself. */
  readonly metadata: Readonly<Record<string, MetadataValue>>
  /** Remove documents whose files have vanished from where the inputs look. */
  readonly prune: boolean
  /** Tell what would happen; change nothing. */
  readonly dryRun: boolean
  /** Only these sources, where a watcher knows what changed. */
  readonly only?: ReadonlySet<string>
}

/** Something that was not ingested, and why. */
export interface Refusal {
  readonly source: string
  readonly reason: string
  readonly message: string
}

export interface IngestSummary {
  readonly collection: string
  readonly found: number
  readonly added: number
  readonly changed: number
  readonly unchanged: number
  readonly removed: number
  readonly chunks: number
  readonly bytes: number
  /** Every file that could not be read; the first thousand. */
  readonly failed: readonly Refusal[]
  readonly failures: number
  readonly seconds: number
  readonly dry_run: boolean
}

/** Enough documents for one call to be worth its transaction, few enough to hold in memory. */
const batchDocuments = 256
const batchBytes = 8_000_000
const reportedFailures = 1000

interface Tally {
  found: number
  done: number
  added: number
  changed: number
  unchanged: number
  removed: number
  chunks: number
  bytes: number
  failures: number
  failed: Refusal[]
}

/**
 * Reads sources and ingests what is new or changed, batch by batch. Each batch is complete when it ends, so that a run
 * that is cut off loses at most the batch under way and the next run goes on from there. What cannot be read is
 * reported in the summary and the rest goes on. Operations are called through the context, wherever they run.
 * Throws CancelledError when the context's signal aborts, and what an operation throws.
 */
export async function runIngest(
  reader: SourceReader,
  options: IngestRunOptions,
  context: Context,
): Promise<IngestSummary> {
  const began = context.clock.elapsed()
  const run = new IngestRun(options, context, await reader.count())
  for await (const batch of batches(reader.find(), options.only)) await run.take(batch)
  await run.finish(reader)
  return run.summary((context.clock.elapsed() - began) / 1000)
}

/** Groups what was found, so that a group can be compared with the collection in one call. */
async function* batches(found: AsyncIterable<Found>, only: ReadonlySet<string> | undefined): AsyncGenerator<Found[]> {
  let batch: Found[] = []
  let bytes = 0
  for await (const each of found) {
    if (only && !only.has(each.source)) continue
    batch.push(each)
    bytes += each.bytes
    if (batch.length < batchDocuments && bytes < batchBytes) continue
    yield batch
    batch = []
    bytes = 0
  }
  if (batch.length > 0) yield batch
}

class IngestRun {
  readonly #options: IngestRunOptions
  readonly #context: Context
  readonly #expected: number | undefined
  readonly #fingerprint: string
  readonly #seen = new Set<string>()
  readonly #tally: Tally = {
    found: 0,
    done: 0,
    added: 0,
    changed: 0,
    unchanged: 0,
    removed: 0,
    chunks: 0,
    bytes: 0,
    failures: 0,
    failed: [],
  }
  /** The batch that the index is writing while the next is being read. */
  #writing: Promise<void> = Promise.resolve()

  constructor(options: IngestRunOptions, context: Context, expected: number | undefined) {
    this.#options = options
    this.#context = context
    this.#expected = expected
    this.#fingerprint = createHash('sha256')
      .update(JSON.stringify(Object.entries(options.metadata).toSorted()))
      .digest('hex')
  }

  async take(batch: readonly Found[]): Promise<void> {
    this.#stopIfCancelled()
    const readable: {found: Found; hash: string}[] = []
    for (const found of batch) {
      this.#tally.found++
      if (this.#options.prune) this.#seen.add(found.source)
      const hash = await this.#attempt(found.source, () => found.hash())
      if (hash !== undefined) readable.push({found, hash})
    }
    const statuses = await this.#compare(readable)
    const documents: LoadedDocument[] = []
    for (const {found} of readable) {
      const status = statuses.get(found.source)
      if (status === 'unchanged' || this.#options.dryRun) {
        if (status) this.#count(status, found.bytes)
        continue
      }
      this.#stopIfCancelled()
      const document = await this.#attempt(found.source, () => found.load())
      if (document) documents.push(document)
      await yieldToTerminal()
    }
    for (const found of batch) found.release()
    await this.#writing
    this.#writing = this.#write(documents)
    // The next `take` waits for it; without a handler here an early failure would count as unhandled.
    this.#writing.catch(() => undefined)
  }

  async finish(reader: SourceReader): Promise<void> {
    await this.#writing
    if (this.#options.prune) await this.#prune(reader)
    if (!this.#options.dryRun && this.#hasCollection()) {
      this.#context.emit({type: 'progress', label: 'Optimising', done: this.#tally.done, unit: 'files'})
      await this.#context.invoke(optimize, {collection: this.#options.collection})
    }
  }

  summary(seconds: number): IngestSummary {
    const {found, added, changed, unchanged, removed, chunks, bytes, failures, failed} = this.#tally
    return {
      collection: this.#options.collection,
      found,
      added,
      changed,
      unchanged,
      removed,
      chunks,
      bytes,
      failed,
      failures,
      seconds: Math.round(seconds * 1000) / 1000,
      dry_run: this.#options.dryRun,
    }
  }

  async #compare(readable: readonly {found: Found; hash: string}[]) {
    if (readable.length === 0) return new Map<string, string>()
    const {documents} = await this.#context.invoke(compare, {
      collection: this.#options.collection,
      documents: readable.map(({found, hash}) => ({
        source: found.source,
        content_hash: hash,
        fingerprint: this.#fingerprint,
      })),
    })
    return new Map(documents.map(each => [each.source, each.status]))
  }

  async #write(documents: readonly LoadedDocument[]): Promise<void> {
    if (documents.length === 0) return
    const written = await this.#context.invoke(ingest, {
      collection: this.#options.collection,
      documents: documents.map(document => ({
        source: document.source,
        content: document.text,
        ...(document.title === undefined ? {} : {title: document.title}),
        media_type: document.mediaType,
        blocks: [...document.blocks],
        ...(document.pages ? {pages: [...document.pages]} : {}),
        content_hash: document.contentHash,
        bytes: document.bytes,
        fingerprint: this.#fingerprint,
        metadata: {...document.metadata, ...this.#options.metadata} as Record<string, string>,
      })),
    })
    this.#tally.chunks += written.chunks
    for (const [index, {status}] of written.documents.entries()) this.#count(status, documents[index]?.bytes ?? 0)
  }

  #count(status: string, bytes: number): void {
    if (status === 'added') this.#tally.added++
    else if (status === 'changed') this.#tally.changed++
    else this.#tally.unchanged++
    this.#tally.bytes += bytes
    this.#advance()
  }

  #advance(): void {
    this.#tally.done++
    this.#context.emit({
      type: 'progress',
      label: this.#options.dryRun ? 'Comparing' : 'Ingesting',
      done: this.#tally.done,
      ...(this.#expected === undefined ? {} : {total: Math.max(this.#expected, this.#tally.done)}),
      unit: 'files',
    })
  }

  /** The result of one file's work; undefined where the file cannot be read, which is then in the summary. */
  async #attempt<T>(source: string, work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof DocumentError)) throw error
      this.#tally.failures++
      if (this.#tally.failed.length < reportedFailures) {
        this.#tally.failed.push({source, reason: error.reason, message: error.message})
      }
      this.#advance()
      return undefined
    }
  }

  /** Removes what the collection has where the inputs look, but this run did not find. */
  async #prune(reader: SourceReader): Promise<void> {
    const vanished: string[] = []
    let cursor: string | undefined
    do {
      this.#stopIfCancelled()
      const page = await this.#context.invoke(list, {
        collection: this.#options.collection,
        limit: 1000,
        ...(cursor === undefined ? {} : {cursor}),
      })
      vanished.push(
        ...page.items.map(item => item.source).filter(source => reader.covers(source) && !this.#isThere(source)),
      )
      cursor = page.next ?? undefined
    } while (cursor !== undefined)
    for (let at = 0; at < vanished.length; at += 1000) {
      const {removed} = await this.#context.invoke(remove, {
        collection: this.#options.collection,
        sources: vanished.slice(at, at + 1000),
        dry_run: this.#options.dryRun,
      })
      this.#tally.removed += removed.length
    }
  }

  /** Whether this run found the source, or did not look. */
  #isThere(source: string): boolean {
    const {only} = this.#options
    return this.#seen.has(source) || (only !== undefined && !only.has(source))
  }

  /** A run that found nothing which it could read may have had no collection to look into. */
  #hasCollection(): boolean {
    const {added, changed, unchanged, removed} = this.#tally
    return added + changed + unchanged + removed > 0
  }

  #stopIfCancelled(): void {
    if (this.#context.signal.aborted) throw new CancelledError()
  }
}

/** Lets timers and signals have their turn between documents, whose parsing is synchronous. */
function yieldToTerminal(): Promise<void> {
  return new Promise(resolve => setImmediate(resolve))
}
