import {CancelledError, type Context, InvalidInputError, NotFoundError} from '@omni-ops/core/operation'
import type {MetadataValue} from '../documents/document.ts'
import {checkRevision, isGitUrl, parseGitUrl} from '../documents/git-address.ts'
import type {PersonalDataMode} from '../documents/personal-data-modes.ts'
import {isS3Url, parseS3Url} from '../documents/s3-address.ts'
import {isPath} from '../documents/walk.ts'
import {FileSourceReader} from './file-source-reader.ts'
import type {MediaMode} from './media-modes.ts'
import {contentReading} from './read-content.ts'
import {type IngestRunOptions, type IngestSummary, runIngest} from './ingest-run.ts'
import {s3ConfigFrom} from './s3-bucket.ts'
import type {KnownDocument, SourceReader} from './source-reader.ts'
import {list} from '../operations/list.ts'

export interface IngestSourcesOptions {
  /** Files, directories, globs, URLs, addresses of Git repositories, buckets, or `-`. */
  readonly inputs: readonly string[]
  readonly collection: string
  readonly metadata: Readonly<Record<string, MetadataValue>>
  /** Who may see the documents, as `group:hr` and `user:ana`, or `public`. */
  readonly acl?: readonly string[]
  /** See `IngestRunOptions`. */
  readonly contextual?: boolean
  readonly pii?: PersonalDataMode
  /** What is done with pictures, scans and recordings; as `rag.media` says where it is not given. */
  readonly media?: MediaMode
  readonly retainUntil?: string
  readonly legalHold?: string
  readonly despiteErasure?: string
  readonly include: readonly string[]
  readonly exclude: readonly string[]
  /** Read the paths as they are at this revision of their Git repository. */
  readonly revision?: string
  readonly prune: boolean
  /** Leave out what says nearly the same as a document that is there. */
  readonly skipNearDuplicates?: boolean
  readonly dryRun: boolean
  readonly watch: boolean
}

/**
 * Ingests once, and with `watch` again whenever something changed. A watch has no end of its own: it ends with the
 * CancelledError of the context's signal.
 */
export async function* ingestSources(options: IngestSourcesOptions, context: Context): AsyncGenerator<IngestSummary> {
  const {inputs, collection, metadata, include, exclude, prune, dryRun} = options
  checkInputs(options)
  const readContent = await contentReading(options.media ?? (context.settings.get('rag.media') as MediaMode), context)
  const reader = new FileSourceReader({
    inputs,
    ...(readContent ? {readContent} : {}),
    include,
    exclude,
    workingDirectory: context.workingDirectory,
    maxBytes: Number(context.settings.get('rag.max_file_mb')) * 1_000_000,
    allowPrivateUrls: context.settings.get('rag.allow_private_urls') === true,
    webDelay: Number(context.settings.get('rag.web_delay_ms')),
    ...(options.revision === undefined ? {} : {revision: options.revision}),
    known: source => knownDocument(collection, source, context),
    s3: () => s3ConfigFrom(context),
    knownUnder: under => knownDocuments(collection, under, context),
    signal: context.signal,
  })
  const {skipNearDuplicates = false} = options
  const run = {
    skipNearDuplicates,
    collection,
    metadata,
    prune,
    dryRun,
    ...(options.acl === undefined ? {} : {acl: options.acl}),
    ...(options.contextual === undefined ? {} : {contextual: options.contextual}),
    ...(options.pii === undefined ? {} : {pii: options.pii}),
    ...(options.retainUntil === undefined ? {} : {retainUntil: options.retainUntil}),
    ...(options.legalHold === undefined ? {} : {legalHold: options.legalHold}),
    ...(options.despiteErasure === undefined ? {} : {despiteErasure: options.despiteErasure}),
  }
  try {
    if (options.watch) yield* watch(reader, inputs, run, context)
    else yield await runIngest(reader, run, context)
  } finally {
    await reader.close()
  }
}

/** Before anything is read: what names no repository, and what does not go together. */
function checkInputs({inputs, revision, watch: isWatch}: IngestSourcesOptions): void {
  for (const input of inputs) {
    if (isGitUrl(input)) parseGitUrl(input)
    if (isS3Url(input)) parseS3Url(input)
  }
  if (revision === undefined) return
  checkRevision(revision)
  if (isWatch) throw new InvalidInputError('A revision does not change, and cannot be watched')
  if (!inputs.every(isPath)) {
    throw new InvalidInputError('--rev is of paths in a repository of this machine', {
      hint: 'an address has its revision in it: git+https://host/team/manuals.git@v1.2',
    })
  }
}

async function* watch(
  reader: SourceReader,
  inputs: readonly string[],
  run: IngestRunOptions,
  context: Context,
): AsyncGenerator<IngestSummary> {
  const {watchChanges} = await import('./changes.ts')
  const changes = await watchChanges(inputs, context)
  try {
    yield await runIngest(reader, run, context)
    context.emit({type: 'note', level: 'info', message: 'Watching for changes; Ctrl-C ends'})
    for await (const only of changes.batches()) {
      const summary = await runIngest(reader, only ? {...run, only} : run, context)
      const changed = summary.added + summary.changed + summary.removed + summary.failures
      if (changed > 0) yield summary
    }
    throw new CancelledError()
  } finally {
    await changes.close()
  }
}

/** What the collection has of a source; undefined where it has nothing. */
async function knownDocument(collection: string, source: string, context: Context): Promise<KnownDocument | undefined> {
  try {
    const {items} = await context.invoke(list, {collection, under: source, limit: 1})
    // The shortest of the sources that begin so comes first.
    const [item] = items
    return item?.source === source ? {contentHash: item.content_hash, metadata: item.metadata} : undefined
  } catch (error) {
    if (error instanceof NotFoundError) return undefined
    throw error
  }
}

/** What the collection has of all sources that begin so. */
async function knownDocuments(
  collection: string,
  under: string,
  context: Context,
): Promise<ReadonlyMap<string, KnownDocument>> {
  const known = new Map<string, KnownDocument>()
  let cursor: string | undefined
  try {
    do {
      const page = await context.invoke(list, {
        collection,
        limit: 1000,
        ...(under === '' ? {} : {under}),
        ...(cursor === undefined ? {} : {cursor}),
      })
      for (const {source, content_hash: contentHash, metadata} of page.items) known.set(source, {contentHash, metadata})
      cursor = page.next ?? undefined
    } while (cursor !== undefined)
  } catch (error) {
    if (!(error instanceof NotFoundError)) throw error
  }
  return known
}
