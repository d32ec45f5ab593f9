import {createHash} from 'node:crypto'
import type {Context} from '@omni-ops/core/operation'
import {CancelledError, NotFoundError} from '@omni-ops/core/operation'
import type {LoadedDocument, MetadataValue} from '../documents/document.ts'
import {DocumentError, PersonalDataError} from '../documents/errors.ts'
import {personalDataMode, screenPersonalData} from '../documents/personal-data.ts'
import type {PersonalDataMode} from '../documents/personal-data-modes.ts'
import {holdersOf} from '../documents/holders.ts'
import {isDuration} from '../collection/retention.ts'
import type {Found, SourceReader} from './source-reader.ts'
import {compare} from '../operations/compare.ts'
import {ingest} from '../operations/ingest.ts'
import {hold} from '../operations/hold.ts'
import {list} from '../operations/list.ts'
import {optimize} from '../operations/optimize.ts'
import {remove} from '../operations/remove.ts'
import {retain} from '../operations/retain.ts'

export interface IngestRunOptions {
  readonly collection: string
  /** Given to every document, over what the document says of itself. */
  readonly metadata: Readonly<Record<string, MetadataValue>>
  /** Who may see the documents; without it, each keeps the list that it has. */
  readonly acl?: readonly string[]
  /** Let a language model write where passages stand; without it, what `rag.contextual` says where the collection is. */
  readonly contextual?: boolean
  /** What is done about personal data, where the policy is not stricter. */
  readonly pii?: PersonalDataMode
  /** Until when the documents are kept, as `RetainUntil`; by a duration, those that have an end keep theirs. */
  readonly retainUntil?: string
  /** Put the documents under a legal hold for this reason. */
  readonly legalHold?: string
  /** Why documents of persons who were erased are taken in all the same. */
  readonly despiteErasure?: string
  /** Remove documents whose files have vanished from where the inputs look. */
  readonly prune: boolean
  /** Leave out what says nearly the same as a document that is there. */
  readonly skipNearDuplicates?: boolean
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

/** A document that says nearly the same as another. */
export interface NearDuplicate {
  readonly source: string
  readonly of: string
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
  /** What was written, or left out, and says nearly the same as another document; the first thousand. */
  readonly near_duplicates: readonly NearDuplicate[]
  readonly near_duplicate_count: number
  /** How many of those were left out. */
  readonly skipped: number
  /** How many of each kind were flagged or masked in what was written. */
  readonly personal_data: Readonly<Record<string, number>>
  readonly seconds: number
  readonly dry_run: boolean
}

/** Enough documents for one call to be worth its transaction, few enough to hold in memory. */
const batchDocuments = 256
/** A language model is asked several times for each, in the call that writes them. */
const batchOfContextual = 8
/** The first batches are smaller, so that analysis and writing have something to do early; each doubles the last. */
const firstBatchDocuments = 64
/** One is analysed while another is written. */
const batchesUnderWay = 2
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
  skipped: number
  nearDuplicates: number
  nearDuplicate: NearDuplicate[]
  personalData: Record<string, number>
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
  context.emit({type: 'progress', label: 'Looking for files', done: 0})
  const run = new IngestRun(options, context, await reader.count())
  run.begin()
  for await (const batch of batches(reader.find(), options.only)) await run.take(batch)
  await run.finish(reader)
  return run.summary((context.clock.elapsed() - began) / 1000)
}

/** Groups what was found, so that a group can be compared with the collection in one call. */
async function* batches(found: AsyncIterable<Found>, only: ReadonlySet<string> | undefined): AsyncGenerator<Found[]> {
  let batch: Found[] = []
  let bytes = 0
  let documents = firstBatchDocuments
  for await (const each of found) {
    if (only && !only.has(each.source)) continue
    batch.push(each)
    bytes += each.bytes
    if (batch.length < documents && bytes < batchBytes) continue
    yield batch
    documents = Math.min(batchDocuments, documents * 2)
    batch = []
    bytes = 0
  }
  if (batch.length > 0) yield batch
}

class IngestRun {
  readonly #options: IngestRunOptions
  readonly #context: Context
  readonly #expected: number | undefined
  readonly #mode: PersonalDataMode
  /** So many documents are written together. */
  readonly #atOnce: number
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
    skipped: 0,
    nearDuplicates: 0,
    nearDuplicate: [],
    personalData: {},
  }
  /** The batches that are being analysed and written while the next is being read, the oldest first. */
  readonly #underWay: Promise<void>[] = []

  constructor(options: IngestRunOptions, context: Context, expected: number | undefined) {
    this.#options = options
    this.#context = context
    this.#expected = expected
    const isContextual = (options.contextual ?? context.settings.get('rag.contextual')) === true
    this.#atOnce = isContextual ? batchOfContextual : batchDocuments
    this.#mode = personalDataMode(options.collection, options.pii, context)
    this.#fingerprint = createHash('sha256')
      .update(JSON.stringify(Object.entries(options.metadata).toSorted()))
      .update(options.acl === undefined ? '' : JSON.stringify(options.acl.toSorted()))
      .update(this.#mode === 'off' ? '' : `${this.#mode} ${String(context.settings.get('rag.pii_types'))}`)
      .update(isContextual ? 'contextual' : '')
      .digest('hex')
  }

  /** Shows how much there is to do, before the first batch is done. */
  begin(): void {
    this.#report()
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
    let documents: LoadedDocument[] = []
    let characters = 0
    if (!this.#options.dryRun) {
      await this.#keep(readable.flatMap(({found: {source}}) => (statuses.get(source) === 'unchanged' ? [source] : [])))
    }
    for (const {found} of readable) {
      const status = statuses.get(found.source)
      if (status === 'unchanged' || this.#options.dryRun) {
        if (status) this.#count(status, found.bytes)
        continue
      }
      for await (const document of this.#load(found, status === 'changed')) {
        documents.push(document)
        characters += document.text.length
        if (documents.length < this.#atOnce && characters < batchBytes) continue
        await this.#begin(documents)
        documents = []
        characters = 0
      }
    }
    for (const found of batch) found.release()
    this.#report()
    await this.#begin(documents)
  }

  /** Begins to write documents, as soon as no more than one batch is under way. */
  async #begin(documents: readonly LoadedDocument[]): Promise<void> {
    while (this.#underWay.length >= batchesUnderWay) await this.#underWay.shift()
    const writing = this.#write(documents)
    // A later call waits for it; without a handler here an early failure would count as unhandled.
    writing.catch(() => undefined)
    this.#underWay.push(writing)
  }

  /** A document and those in it, as far as they can be read. What a changed one does not hold any more is removed. */
  async *#load(found: Found, isChanged: boolean): AsyncGenerator<LoadedDocument> {
    const held = new Set<string>()
    try {
      this.#stopIfCancelled()
      for await (const loaded of found.load()) {
        this.#stopIfCancelled()
        if (loaded.source !== found.source) {
          held.add(loaded.source)
          this.#tally.found++
        }
        const document = loaded instanceof DocumentError ? loaded : await this.#screened(loaded)
        if (document instanceof DocumentError) {
          this.#refuse(document.source, document)
          continue
        }
        if (document.source === found.source && isChanged) await this.#removeUnheld(found.source, held)
        yield document
        await yieldToTerminal()
      }
    } catch (error) {
      if (!(error instanceof DocumentError)) throw error
      this.#refuse(found.source, error)
      this.#tally.done++
    }
  }

  /**
   * A document of which nothing that must not leaves this machine. Where the collection is here too, the operation
   * screens it.
   */
  async #screened(document: LoadedDocument): Promise<LoadedDocument | DocumentError> {
    if (this.#context.remote === undefined) return document
    try {
      const {document: screened, found} = await screenPersonalData(document, this.#mode, this.#context)
      this.#countPersonalData(found)
      return screened
    } catch (error) {
      if (error instanceof PersonalDataError) return error
      throw error
    }
  }

  #countPersonalData(found: Readonly<Record<string, number>>): void {
    const {personalData} = this.#tally
    for (const [type, count] of Object.entries(found)) personalData[type] = (personalData[type] ?? 0) + count
  }

  /** Removes what the collection has of a container that it does not hold any more. */
  async #removeUnheld(container: string, held: ReadonlySet<string>): Promise<void> {
    const gone: string[] = []
    for await (const source of this.#sources(`${container}!`)) if (!held.has(source)) gone.push(source)
    await this.#remove(gone)
  }

  async finish(reader: SourceReader): Promise<void> {
    for (const writing of this.#underWay) await writing
    if (this.#options.prune) await this.#prune(reader)
    if (!this.#options.dryRun && this.#hasCollection()) {
      this.#context.emit({type: 'progress', label: 'Optimising', done: this.#tally.done, unit: 'files'})
      await this.#context.invoke(optimize, {collection: this.#options.collection})
    }
  }

  summary(seconds: number): IngestSummary {
    const {found, added, changed, unchanged, removed, chunks, bytes, failures, failed, skipped} = this.#tally
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
      near_duplicates: this.#tally.nearDuplicate,
      near_duplicate_count: this.#tally.nearDuplicates,
      skipped,
      personal_data: this.#tally.personalData,
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
      ...(this.#mode === 'off' || this.#context.remote ? {} : {pii: this.#mode}),
      ...(this.#options.contextual === undefined ? {} : {contextual: this.#options.contextual}),
      ...(this.#options.despiteErasure === undefined ? {} : {despite_erasure: this.#options.despiteErasure}),
      skip_near_duplicates: this.#options.skipNearDuplicates === true,
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
        ...(this.#options.acl === undefined ? {} : {acl: [...this.#options.acl]}),
        metadata: {...document.metadata, ...this.#options.metadata} as Record<string, string>,
      })),
    })
    this.#tally.chunks += written.chunks
    const sizes = new Map(documents.map(document => [document.source, document.bytes]))
    for (const {source, status, refusal, personal_data: found, near_duplicate_of: of} of written.documents) {
      this.#countPersonalData(found)
      if (refusal !== null) {
        this.#refuse(source, refusal)
        this.#tally.done++
        continue
      }
      this.#count(status, sizes.get(source) ?? 0)
      if (of === null) continue
      this.#tally.nearDuplicates++
      if (this.#tally.nearDuplicate.length < reportedFailures) this.#tally.nearDuplicate.push({source, of})
    }
    const taken = written.documents.filter(({status}) => status !== 'skipped' && status !== 'refused')
    await this.#keep(taken.map(({source}) => source))
    this.#report()
  }

  /** Says of documents that are there how long they are kept, and what for. */
  async #keep(taken: readonly string[]): Promise<void> {
    const {collection, retainUntil, legalHold} = this.#options
    const sources = [...taken]
    if (sources.length === 0) return
    if (legalHold !== undefined) await this.#context.invoke(hold, {collection, sources, reason: legalHold})
    if (retainUntil === undefined) return
    await this.#context.invoke(retain, {collection, sources, until: retainUntil, only_missing: isDuration(retainUntil)})
  }

  #count(status: string, bytes: number): void {
    if (status === 'added') this.#tally.added++
    else if (status === 'changed') this.#tally.changed++
    else if (status === 'skipped') this.#tally.skipped++
    else this.#tally.unchanged++
    this.#tally.bytes += bytes
    this.#tally.done++
  }

  #report(): void {
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
      this.#refuse(source, error)
      this.#tally.done++
      return undefined
    }
  }

  #refuse(source: string, {reason, message}: Pick<Refusal, 'reason' | 'message'>): void {
    this.#tally.failures++
    if (this.#tally.failed.length < reportedFailures) this.#tally.failed.push({source, reason, message})
  }

  /** Removes what the collection has where the inputs look, but this run did not find. */
  async #prune(reader: SourceReader): Promise<void> {
    const vanished: string[] = []
    for await (const source of this.#sources()) {
      if (reader.covers(source) && !this.#isThere(source)) vanished.push(source)
    }
    await this.#remove(vanished)
  }

  async #remove(sources: readonly string[]): Promise<void> {
    for (let at = 0; at < sources.length; at += 1000) {
      const {removed, held} = await this.#context.invoke(remove, {
        collection: this.#options.collection,
        sources: sources.slice(at, at + 1000),
        // Another run may have removed them in the meantime.
        ignore_missing: true,
        skip_held: true,
        dry_run: this.#options.dryRun,
      })
      this.#tally.removed += removed.length
      for (const {source, reasons} of held) {
        const message = `is gone, and stays here: it is under legal hold (${reasons.join('; ')})`
        this.#refuse(source, {reason: 'held', message})
      }
    }
  }

  /** What the collection has, whose source begins so; nothing where there is no such collection yet. */
  async *#sources(under?: string): AsyncGenerator<string> {
    const {collection} = this.#options
    let cursor: string | undefined
    do {
      this.#stopIfCancelled()
      const input = {
        collection,
        limit: 1000,
        ...(under === undefined ? {} : {under}),
        ...(cursor === undefined ? {} : {cursor}),
      }
      const page = await this.#context.invoke(list, input).catch((error: unknown) => {
        if (error instanceof NotFoundError) return {items: [], next: null}
        throw error
      })
      for (const {source} of page.items) yield source
      cursor = page.next ?? undefined
    } while (cursor !== undefined)
  }

  /** Whether this run found the source, or what holds it, or did not look. */
  #isThere(source: string): boolean {
    const {only} = this.#options
    const holders = holdersOf(source)
    if (holders.some(holder => this.#seen.has(holder))) return true
    return only !== undefined && !holders.some(holder => only.has(holder))
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
