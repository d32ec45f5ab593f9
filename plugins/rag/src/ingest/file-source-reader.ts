import type {S3ClientConfig} from '@aws-sdk/client-s3'
import {matchesGlob, resolve, sep} from 'node:path'
import {readStandardInputBytes, StandardInputTooLargeError} from '@omni-ops/core/standard-input'
import type {LoadedDocument} from '../documents/document.ts'
import {DocumentError, DocumentTooLargeError, SkippedSourceError} from '../documents/errors.ts'
import {holdersOf} from '../documents/holders.ts'
import {gitSource, isGitUrl, parseGitUrl} from '../documents/git-address.ts'
import {isS3Url, parseS3Url, s3Source} from '../documents/s3-address.ts'
import {isPath, isUrl, type WalkEntry, walkSources} from '../documents/walk.ts'
import {formatByName} from '../loaders/file-format.ts'
import {
  contentHash,
  type ContentHint,
  type LoadSurroundings,
  loadWithEmbedded,
  type ReadContent,
} from '../loaders/load.ts'
import {readSourceFile} from '../loaders/read-file.ts'
import type {GitFilesOptions} from './git-files.ts'
import type {GitTree} from './git-tree.ts'
import type {S3Bucket} from './s3-bucket.ts'
import type {Found, KnownDocument, SourceReader} from './source-reader.ts'
import type {WebClient} from './web-client.ts'

export interface FileSourceReaderOptions {
  /** Files, directories, globs, URLs, addresses of Git repositories, buckets, or `-`. */
  readonly inputs: readonly string[]
  readonly include: readonly string[]
  readonly exclude: readonly string[]
  /** Absolute. */
  readonly workingDirectory: string
  /** Larger content is refused. */
  readonly maxBytes: number
  /** Also fetch from addresses of private networks and of this machine. */
  readonly allowPrivateUrls: boolean
  /** Milliseconds between two requests to the same host, at least. */
  readonly webDelay: number
  /** Of paths, what they are at this revision of the repository that they lie in. */
  readonly revision?: string
  /** What the collection knows of a source that was ingested before. */
  readonly known: (source: string) => Promise<KnownDocument | undefined>
  /** What it knows of all whose source begins so. */
  readonly knownUnder: (under: string) => Promise<ReadonlyMap<string, KnownDocument>>
  /** How an object store is reached. */
  readonly s3: () => S3ClientConfig
  readonly signal: AbortSignal
  /** See `LoadOptions`. */
  readonly readContent?: ReadContent
}

/** Reads what the inputs name: from the file system, Git repositories, object stores, the web, or stdin. */
export class FileSourceReader implements SourceReader {
  readonly #options: FileSourceReaderOptions
  #client: WebClient | undefined
  /** What the last walk could not look into. */
  #unreachable: string[] = []
  /** The repositories that were opened, by their input. */
  readonly #trees = new Map<string, Promise<GitTree>>()
  #bucket: S3Bucket | undefined

  constructor(options: FileSourceReaderOptions) {
    this.#options = options
  }

  async count(): Promise<number | undefined> {
    let count = 0
    // To list a bucket costs as much as to find what is in it.
    if (this.#options.inputs.some(isS3Url)) return undefined
    for await (const entry of this.#walk()) {
      if (entry.kind === 'repository') count += await this.#countFiles(entry.input)
      else if (isWorthTelling(entry)) count++
    }
    return count
  }

  async *find(): AsyncGenerator<Found> {
    const {signal, maxBytes} = this.#options
    const limits = {maxBytes}
    const loading = this.#loading()
    this.#unreachable = []
    for await (const entry of this.#walk()) {
      switch (entry.kind) {
        case 'file':
          if (entry.size > maxBytes && formatByName(entry.source)?.format === 'mailbox') {
            yield new LargeMailbox(entry, loading)
            break
          }
          yield new FoundContent(entry.source, entry.size, loading, async () => ({
            bytes: await readSourceFile(entry.path, {source: entry.source, limits, signal}),
            hint: {name: entry.source},
          }))
          break
        case 'url':
          yield* this.#pages(entry.url)
          break
        case 'repository':
          yield* this.#files(entry.input)
          break
        case 'bucket':
          yield* this.#objects(entry.input)
          break
        case 'stdin':
          yield new FoundContent('-', 0, loading, async () => ({
            bytes: await standardInput(maxBytes, signal),
            hint: {},
          }))
          break
        case 'skipped':
          if (!isWorthTelling(entry)) break
          this.#unreachable.push(entry.source)
          yield new Unreadable(entry.source, new SkippedSourceError(entry.source, entry.message, entry.reason))
      }
    }
  }

  /**
   * Below a directory that was named, matched by a glob, or named itself; not below what the walk could not look into,
   * such as a disk that is not mounted. Patterns narrow what was looked at.
   */
  covers(source: string): boolean {
    const {inputs, workingDirectory, include, exclude} = this.#options
    if (source === '-' || include.length > 0 || exclude.length > 0) return false
    return holdersOf(source).some(holder => {
      if (isGitUrl(holder)) return this.#isInRepository(holder)
      if (isS3Url(holder)) return this.#isInBucket(holder)
      const path = resolve(workingDirectory, holder)
      if (this.#unreachable.some(each => liesUnder(path, resolve(workingDirectory, each)))) return false
      return inputs.some(input => {
        if (isUrl(holder) || isUrl(input)) return holder === input
        return isPath(input) && liesUnder(path, resolve(workingDirectory, input))
      })
    })
  }

  /** A page, or those that a sitemap names. */
  async *#pages(url: string): AsyncGenerator<Found> {
    const {signal, maxBytes, known} = this.#options
    const limits = {maxBytes}
    const {FoundPage} = await import('./found-page.ts')
    const {isSitemap, WebClient} = await import('./web-client.ts')
    this.#client ??= new WebClient({
      limits,
      signal,
      delay: this.#options.webDelay,
      ...(this.#options.allowPrivateUrls ? {isAllowed: () => true} : {}),
    })
    const page = (at: string): Found => new FoundPage(at, this.#client!, {loading: this.#loading(), known})
    if (!isSitemap(url)) {
      yield page(url)
      return
    }
    try {
      for await (const each of this.#client.sitemap(url)) yield page(each)
    } catch (error) {
      if (!(error instanceof DocumentError)) throw error
      yield new Unreadable(url, error)
    }
  }

  async *#files(input: string): AsyncGenerator<Found> {
    const {foundInTree} = await import('./git-files.ts')
    try {
      yield* foundInTree(await this.#tree(input), this.#gitOptions())
    } catch (error) {
      if (!(error instanceof DocumentError)) throw error
      this.#unreachable.push(error.source)
      yield new Unreadable(error.source, error)
    }
  }

  async #countFiles(input: string): Promise<number> {
    const {chosenFiles} = await import('./git-files.ts')
    try {
      return (await chosenFiles(await this.#tree(input), this.#gitOptions())).length
    } catch (error) {
      if (error instanceof DocumentError) return 1
      throw error
    }
  }

  #loading(): LoadSurroundings {
    const {maxBytes, signal, readContent} = this.#options
    return {limits: {maxBytes}, signal, ...(readContent ? {readContent} : {})}
  }

  #gitOptions(): GitFilesOptions {
    const {include, exclude, maxBytes, knownUnder} = this.#options
    return {include, exclude, maxBytes, loading: this.#loading(), known: knownUnder}
  }

  #tree(input: string): Promise<GitTree> {
    const opened = this.#trees.get(input) ?? this.#openTree(input)
    this.#trees.set(input, opened)
    return opened
  }

  async #openTree(input: string): Promise<GitTree> {
    const {workingDirectory, signal, revision, allowPrivateUrls} = this.#options
    const {GitTree} = await import('./git-tree.ts')
    if (!isGitUrl(input)) return GitTree.ofPath(input, {revision: revision ?? 'HEAD', workingDirectory, signal})
    return GitTree.ofAddress(parseGitUrl(input), {signal, ...(allowPrivateUrls ? {isAllowed: () => true} : {})})
  }

  async *#objects(input: string): AsyncGenerator<Found> {
    const {include, exclude, maxBytes, signal, knownUnder, s3} = this.#options
    const [{S3Bucket}, {foundInBucket}] = await Promise.all([import('./s3-bucket.ts'), import('./s3-objects.ts')])
    this.#bucket ??= new S3Bucket(s3(), signal)
    const options = {include, exclude, maxBytes, loading: this.#loading(), known: knownUnder}
    try {
      yield* foundInBucket(this.#bucket, parseS3Url(input), options)
    } catch (error) {
      if (!(error instanceof DocumentError)) throw error
      this.#unreachable.push(error.source)
      yield new Unreadable(error.source, error)
    }
  }

  /** Whether a prefix that was listed to its end has, or had, the source. */
  #isInBucket(source: string): boolean {
    return this.#options.inputs.filter(isS3Url).some(input => {
      const {bucket, prefix} = parseS3Url(input)
      const place = s3Source(bucket, prefix)
      return !this.#unreachable.includes(place) && (source === place || source.startsWith(`${place}/`))
    })
  }

  /** Whether a repository that was read has, or had, the source. */
  #isInRepository(source: string): boolean {
    return this.#options.inputs.filter(isGitUrl).some(input => {
      const address = parseGitUrl(input)
      if (this.#unreachable.includes(address.name)) return false
      const place = gitSource(address, address.path)
      return source === place || source.startsWith(address.path === '' ? place : `${place}/`)
    })
  }

  async *#walk(): AsyncGenerator<WalkEntry> {
    const {inputs, workingDirectory, include, exclude, signal, revision} = this.#options
    if (revision === undefined) yield* walkSources(inputs, {cwd: workingDirectory, include, exclude, signal})
    else for (const input of new Set(inputs)) yield {kind: 'repository', input, source: input}
  }

  async close(): Promise<void> {
    const opened = await Promise.allSettled(this.#trees.values())
    for (const each of opened) if (each.status === 'fulfilled') await each.value.close()
    this.#trees.clear()
    await this.#bucket?.close()
    this.#bucket = undefined
  }
}

async function standardInput(maxBytes: number, signal: AbortSignal): Promise<Uint8Array> {
  try {
    return await readStandardInputBytes(maxBytes, signal)
  } catch (error) {
    if (!(error instanceof StandardInputTooLargeError)) throw error
    throw new DocumentTooLargeError('-', `is larger than ${Math.round(maxBytes / 1e6)} MB`, {
      hint: 'raise rag.max_file_mb, or split it',
    })
  }
}

/** Whether a path is a place, below it, or matched by it as a glob. Both absolute. */
function liesUnder(path: string, place: string): boolean {
  return path === place || path.startsWith(place.endsWith(sep) ? place : `${place}${sep}`) || matchesGlob(path, place)
}

/** What is no file at all (a link, a FIFO) is passed over in silence; what should have been read is told. */
function isWorthTelling(entry: WalkEntry): boolean {
  return entry.kind !== 'skipped' || entry.failed
}

interface Content {
  readonly bytes: Uint8Array
  readonly hint: ContentHint
}

/** Content that is read once: for its hash, and then for what it says. */
class FoundContent implements Found {
  readonly source: string
  readonly bytes: number
  readonly #loading: LoadSurroundings
  readonly #read: () => Promise<Content>
  #content: Content | undefined

  constructor(source: string, bytes: number, loading: LoadSurroundings, read: () => Promise<Content>) {
    this.source = source
    this.bytes = bytes
    this.#loading = loading
    this.#read = read
  }

  async hash(): Promise<string> {
    this.#content = await this.#read()
    return contentHash(this.#content.bytes)
  }

  async *load(): AsyncGenerator<LoadedDocument | DocumentError> {
    const {bytes, hint} = this.#content ?? (await this.#read())
    yield* loadWithEmbedded(bytes, {...this.#loading, source: this.source, hint})
  }

  release(): void {
    this.#content = undefined
  }
}

/** A mailbox that is too large to be held in memory. */
class LargeMailbox implements Found {
  readonly source: string
  readonly bytes: number
  readonly #path: string
  readonly #loading: LoadSurroundings

  constructor(
    entry: {readonly source: string; readonly size: number; readonly path: string},
    loading: LoadSurroundings,
  ) {
    this.source = entry.source
    this.bytes = entry.size
    this.#path = entry.path
    this.#loading = loading
  }

  async hash(): Promise<string> {
    const {hashFile} = await import('../loaders/load-mailbox.ts')
    return hashFile(this.#path, this.source, this.#loading.signal)
  }

  async *load(): AsyncGenerator<LoadedDocument | DocumentError> {
    const {loadMailboxFile} = await import('../loaders/load-mailbox.ts')
    yield* loadMailboxFile(this.#path, {...this.#loading, source: this.source})
  }

  release(): void {
    // It was never held.
  }
}

/** Something the walk could not get at. */
class Unreadable implements Found {
  readonly source: string
  readonly bytes = 0
  readonly #error: DocumentError

  constructor(source: string, error: DocumentError) {
    this.source = source
    this.#error = error
  }

  async hash(): Promise<string> {
    throw this.#error
  }

  // oxlint-disable-next-line require-yield -- there is nothing to yield
  async *load(): AsyncGenerator<LoadedDocument | DocumentError> {
    throw this.#error
  }

  release(): void {
    // Nothing was read.
  }
}
