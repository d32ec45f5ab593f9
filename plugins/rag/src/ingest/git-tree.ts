import {isUtf8} from 'node:buffer'
import {mkdtemp, rm, stat} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import nodePath from 'node:path'
import {FailureError} from '@omni-ops/core/operation'
import {type GitAddress, gitSource} from '../documents/git-address.ts'
import {SourceNotFoundError, UnreadableFileError} from '../documents/errors.ts'
import {sourceName} from '../documents/walk.ts'
import {checkedRoute} from '../loaders/fetch-url.ts'
import {BlobReader} from './blob-reader.ts'
import {git, GitFailedError, type GitOptions} from './git-process.ts'

/** A file in a repository's tree. */
export interface TreeFile {
  readonly source: string
  /** From the root of the tree, with `/`. */
  readonly path: string
  readonly blob: string
  readonly bytes: number
  /** Whether the name is UTF-8, and so can be shown and cited. */
  readonly isNamed: boolean
}

export interface GitTreeOptions {
  readonly signal: AbortSignal
  /** Which IP addresses may be connected to; see `FetchOptions`. */
  readonly isAllowed?: (address: string) => boolean
}

/** Git 2.37 is the first that can be told which address of a host to connect to. */
const PINNING_SINCE = [2, 37] as const
/** A transfer below so many bytes a second for a minute has stalled. */
const SLOWEST = {'http.lowSpeedLimit': '1000', 'http.lowSpeedTime': '60'}

/**
 * The files of a repository at a revision, read from its object database: nothing is checked out, so that no filter or
 * hook of the repository runs and no link leads out of it. Another machine's repository is fetched at depth 1 into a
 * directory of its own, which `close` deletes; one of this machine is read where it is, and nothing is fetched for it.
 */
export class GitTree {
  /** The commit, in full. */
  readonly commit: string
  /** All files of the tree. */
  readonly files: readonly TreeFile[]
  /** The file or directory that was named; nothing for all of the tree. */
  readonly path: string
  readonly #blobs: BlobReader
  readonly #temporary: string | undefined

  private constructor({commit, files, path, blobs, temporary}: Parts) {
    this.commit = commit
    this.files = files
    this.path = path
    this.#blobs = blobs
    this.#temporary = temporary
  }

  /**
   * Opens a repository by its address.
   *
   * @throws GitMissingError; SourceNotFoundError, RefusedAddressError, UnreadableFileError; CancelledError.
   */
  static async ofAddress(address: GitAddress, options: GitTreeOptions): Promise<GitTree> {
    const source = address.name
    const sourceOf = (path: string): string => gitSource(address, path)
    const {signal} = options
    if (address.protocol === 'file') {
      await requireDirectory(address.location, source)
      return new GitTree(await open({directory: address.location, here: true, signal}, {...address, source, sourceOf}))
    }
    const directory = await mkdtemp(nodePath.join(tmpdir(), 'omni-git-'))
    try {
      await fetchInto(directory, address, options)
      // Some who are careful let git open no bare repository by itself: this one was just made.
      const own = {directory, config: {'safe.bareRepository': 'all'}, signal}
      return new GitTree(await open(own, {...address, source, sourceOf, revision: FETCHED, temporary: directory}))
    } catch (error) {
      await rm(directory, {recursive: true, force: true})
      throw asDocumentError(error, source)
    }
  }

  /**
   * Opens the repository that a path of this machine lies in. Sources are those of the files themselves.
   *
   * @throws What `ofAddress` throws.
   */
  static async ofPath(
    input: string,
    {revision, workingDirectory, signal}: {revision: string; workingDirectory: string; signal: AbortSignal},
  ): Promise<GitTree> {
    const path = nodePath.resolve(workingDirectory, input)
    const directory = await nearestDirectory(path)
    const source = sourceName(path, workingDirectory)
    const prefix = await git(['rev-parse', '--show-prefix'], {directory, signal}).catch((error: unknown) => {
      throw asDocumentError(error, source)
    })
    const below = nodePath.relative(directory, path).split(nodePath.sep).join('/')
    const inTree = `${prefix.toString('utf8').replace(/\n$/, '')}${below}`.replace(/\/$/, '')
    const sourceOf = (each: string): string =>
      sourceName(
        each === inTree ? path : nodePath.join(path, each.slice(inTree === '' ? 0 : inTree.length + 1)),
        workingDirectory,
      )
    return new GitTree(await open({directory, signal}, {revision, path: inTree, source, sourceOf}))
  }

  /** What a file holds, as it is in the repository. Throws FailureError, CancelledError. */
  read({blob}: TreeFile): Promise<Uint8Array> {
    return this.#blobs.read(blob)
  }

  async close(): Promise<void> {
    this.#blobs.close()
    if (this.#temporary !== undefined) await rm(this.#temporary, {recursive: true, force: true, maxRetries: 3})
  }
}

interface Parts {
  readonly commit: string
  readonly files: readonly TreeFile[]
  readonly path: string
  readonly blobs: BlobReader
  readonly temporary: string | undefined
}

interface Wanted {
  readonly revision: string
  /** In the tree; nothing for all of it. */
  readonly path: string
  readonly source: string
  readonly sourceOf: (path: string) => string
  readonly temporary?: string
}

async function open(options: GitOptions, {revision, path, source, sourceOf, temporary}: Wanted): Promise<Parts> {
  const {directory, config = {}, signal} = options
  try {
    const commit = await objectId(`${revision}^{commit}`, options)
    if (commit === undefined) throw new SourceNotFoundError(source, `has no commit ${revision}`)
    if (path !== '' && (await objectId(`${commit}:${path}`, options)) === undefined) {
      throw new SourceNotFoundError(source, `has no ${path} at ${revision}`)
    }
    const listing = await git(['ls-tree', '-r', '-z', '--long', '--full-tree', commit], options)
    const files = filesIn(listing, sourceOf)
    return {commit, files, path, blobs: new BlobReader(directory, config, signal), temporary}
  } catch (error) {
    throw asDocumentError(error, source)
  }
}

/** The full name of an object; undefined where there is none by that name. */
async function objectId(name: string, options: GitOptions): Promise<string | undefined> {
  try {
    return (await git(['rev-parse', '--verify', '--quiet', name], options)).toString('latin1').trim()
  } catch (error) {
    // Quiet about what is not there; a repository that cannot be opened is told.
    if (error instanceof GitFailedError && error.message.startsWith('git rev-parse ended with')) return undefined
    throw error
  }
}

/** The regular files of `git ls-tree -r -z --long`: no links, and no repositories within the repository. */
function filesIn(listing: Buffer, sourceOf: (path: string) => string): TreeFile[] {
  const files: TreeFile[] = []
  for (let at = 0; at < listing.length;) {
    const end = listing.indexOf(0, at)
    const tab = listing.indexOf(0x09, at)
    const [mode, kind, blob, size] = listing.toString('latin1', at, tab).split(/ +/)
    const name = listing.subarray(tab + 1, end)
    at = end + 1
    if (kind !== 'blob' || mode === SYMBOLIC_LINK) continue
    const path = name.toString('utf8')
    files.push({source: sourceOf(path), path, blob: blob!, bytes: Number(size), isNamed: isUtf8(name)})
  }
  return files
}

const SYMBOLIC_LINK = '120000'
const FETCHED = 'refs/omni/fetched'

async function fetchInto(directory: string, address: GitAddress, {signal, isAllowed}: GitTreeOptions): Promise<void> {
  const {location, protocol, revision, name} = address
  const url = new URL(location)
  const route = await checkedRoute(url, name, isAllowed === undefined ? {} : {isAllowed})
  const isWeb = protocol === 'http' || protocol === 'https'
  if (isWeb && isAllowed === undefined) await requirePinning(directory, signal)
  const port = url.port === '' ? (protocol === 'https' ? 443 : 80) : url.port
  const options = {directory, protocol, signal}
  await git(['init', '--quiet', '--bare', '--template=', directory], options)
  const config = {
    'safe.bareRepository': 'all',
    ...SLOWEST,
    // A redirect could lead where no address was checked.
    'http.followRedirects': isAllowed === undefined ? 'false' : 'initial',
    ...(isWeb && 'allowed' in route
      ? {'http.curloptResolve': `${url.hostname}:${port}:${pinnedTo(route.allowed)}`}
      : {}),
  }
  const flags = ['--quiet', '--depth=1', '--no-tags', '--no-recurse-submodules']
  try {
    const proxy = 'proxy' in route ? route.proxy.url.href : ''
    await git(['fetch', ...flags, '--', location, `+${revision}:${FETCHED}`], {...options, config, proxy})
  } catch (error) {
    if (!(error instanceof GitFailedError)) throw error
    if (/couldn't find remote ref|not our ref/i.test(error.message)) {
      throw new SourceNotFoundError(name, `has no ${revision}`, {hint: 'name a branch, a tag or a whole commit hash'})
    }
    throw new UnreadableFileError(name, `cannot be fetched: ${error.message}`, {cause: error})
  }
}

function pinnedTo(addresses: readonly string[]): string {
  return addresses.map(each => (each.includes(':') ? `[${each}]` : each)).join(',')
}

async function requirePinning(directory: string, signal: AbortSignal): Promise<void> {
  const said = (await git(['version'], {directory, signal})).toString('latin1')
  const [, major = '0', minor = '0'] = /(\d+)\.(\d+)/.exec(said) ?? []
  const [first, second] = PINNING_SINCE
  if (Number(major) > first || (Number(major) === first && Number(minor) >= second)) return
  throw new FailureError(`${said.trim()} cannot be kept to the addresses that were checked`, {
    hint: 'install git 2.37 or newer, or clone it yourself and ingest the directory with --rev',
  })
}

/** What git complains about is wrong with this repository; the others are not affected. */
function asDocumentError(error: unknown, source: string): unknown {
  return error instanceof GitFailedError ? new UnreadableFileError(source, error.message, {cause: error}) : error
}

async function requireDirectory(path: string, source: string): Promise<void> {
  const found = await stat(path).catch(() => undefined)
  if (!found?.isDirectory()) throw new SourceNotFoundError(source, 'does not exist')
}

/** The directory itself or the nearest above it: what is in a revision may not be in the file system any more. */
async function nearestDirectory(path: string): Promise<string> {
  for (let directory = path; ; directory = nodePath.dirname(directory)) {
    const found = await stat(directory).catch(() => undefined)
    if (found?.isDirectory() || nodePath.dirname(directory) === directory) return directory
  }
}
