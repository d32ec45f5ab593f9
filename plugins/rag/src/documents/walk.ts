import {isUtf8} from 'node:buffer'
import type {Dirent, Stats} from 'node:fs'
import {lstat, readdir, readFile, realpath, stat} from 'node:fs/promises'
import nodePath from 'node:path'
import {CancelledError} from '@omni-ops/core/operation'
import ignore, {type Ignore} from 'ignore'
import type {DocumentErrorReason} from './errors.ts'
import {isGitUrl} from './git-address.ts'
import {isS3Url} from './s3-address.ts'

/** Why something was passed over. */
export type SkipReason = DocumentErrorReason | 'special_file' | 'symbolic_link'

/** What a walk comes upon. */
export type WalkEntry =
  | {
      readonly kind: 'file'
      /** Absolute, for the file system. */
      readonly path: string
      readonly source: string
      /** Bytes. */
      readonly size: number
      /** Milliseconds since the epoch. */
      readonly mtime: number
    }
  | {readonly kind: 'url'; readonly url: string; readonly source: string}
  | {readonly kind: 'bucket'; readonly input: string; readonly source: string}
  | {readonly kind: 'repository'; readonly input: string; readonly source: string}
  | {readonly kind: 'stdin'; readonly source: '-'}
  | {
      readonly kind: 'skipped'
      readonly source: string
      readonly reason: SkipReason
      readonly message: string
      /** Whether the user has to know: what should have been read could not be. */
      readonly failed: boolean
    }

export interface WalkOptions {
  /** Absolute; inputs and sources are relative to it. */
  readonly cwd: string
  /** Patterns as in a .gitignore: only files that match one of them. */
  readonly include?: readonly string[]
  /** Patterns as in a .gitignore: no file or directory that matches one of them. */
  readonly exclude?: readonly string[]
  /** Go through symbolic links within directories; those that are named as inputs always are. */
  readonly followSymlinks?: boolean
  readonly signal?: AbortSignal
}

/** Never entered, whatever the rules say. */
const NEVER_ENTERED = new Set(['.git', '.hg', '.svn'])

/**
 * Passed over unless a rule of the user takes them in again (`!.github` in an .omniignore): hidden files, installed
 * packages, and files that programs write for programs.
 */
const GENERATED = ignore().add([
  'node_modules/',
  '__pycache__/',
  'package-lock.json',
  'npm-shrinkwrap.json',
  'yarn.lock',
  'pnpm-lock.yaml',
  'bun.lock',
  'Cargo.lock',
  'Gemfile.lock',
  'composer.lock',
  'poetry.lock',
  'uv.lock',
  'go.sum',
  '*.min.js',
  '*.min.css',
  '*.map',
])
const RULE_FILES = ['.gitignore', '.omniignore']

/** So many entries of a directory are looked at together. */
const STAT_BATCH = 64

/**
 * Finds what the inputs name, in the order of the inputs and within a directory by name: a file, a directory with all
 * that is below it, a glob, an http(s) URL, a Git repository by its
 * address, a bucket, or `-` for stdin. A file that several inputs name comes once.
 *
 * Within directories and globs, the rules of each .gitignore and .omniignore hold as git has them (the deeper and the
 * later rule wins; those above an input hold too, up to the root of its repository), hidden files are passed over, and
 * symbolic links are, unless asked for. A file named as an input is always taken. FIFOs, sockets and devices are never
 * opened. What can't be read, or has a name that is no UTF-8, is reported, and the walk goes on.
 *
 * @throws CancelledError if the signal is aborted.
 */
export async function* walkSources(inputs: readonly string[], options: WalkOptions): AsyncGenerator<WalkEntry> {
  const walk = new Walk(options, inputs.length > 1 || options.followSymlinks === true)
  for (const input of inputs) yield* walk.input(input)
}

/**
 * How a file is named in answers: relative to the directory where the user is, with `/`; absolute if it is not below.
 *
 * @param path The module of the platform; another than the present one only in tests.
 */
export function sourceName(file: string, cwd: string, path: typeof nodePath.posix = nodePath): string {
  const relative = path.relative(cwd, file)
  const isOutside =
    relative === '' || relative === '..' || relative.startsWith(`..${path.sep}`) || path.isAbsolute(relative)
  const name = isOutside ? path.resolve(cwd, file) : relative
  return path.sep === '\\' ? name.replaceAll('\\', '/') : name
}

/** Whether an input is a URL to be fetched. */
export function isUrl(input: string): boolean {
  return /^https?:\/\//i.test(input)
}

/** Whether an input is a path of this machine, or a glob of such. */
export function isPath(input: string): boolean {
  return input !== '-' && !isUrl(input) && !isGitUrl(input) && !isS3Url(input)
}

/** The rules of one directory; they hold for what is below it. */
interface RuleLevel {
  /** Absolute. */
  readonly directory: string
  readonly rules: Ignore
}

/** How files below a directory are chosen. */
interface Selection {
  /** From the outermost to the innermost. */
  readonly levels: readonly RuleLevel[]
  /** For globs that name hidden files. */
  readonly isHiddenMeant: boolean
  /** For globs: which files are meant. */
  readonly isMeant: (path: string) => boolean
}

class Walk {
  readonly #options: WalkOptions
  readonly #include: Ignore | undefined
  readonly #exclude: Ignore | undefined
  /** Paths that were yielded; only kept where something can come twice. */
  readonly #seen: Set<string> | undefined

  constructor(options: WalkOptions, canRepeat: boolean) {
    this.#options = options
    this.#include = options.include?.length ? ignore().add(options.include) : undefined
    this.#exclude = options.exclude?.length ? ignore().add(options.exclude) : undefined
    this.#seen = canRepeat ? new Set() : undefined
  }

  async *input(input: string): AsyncGenerator<WalkEntry> {
    this.#checkSignal()
    if (input === '-') {
      if (this.#isFirst('-')) yield {kind: 'stdin', source: '-'}
      return
    }
    if (isUrl(input)) {
      if (this.#isFirst(input)) yield {kind: 'url', url: input, source: input}
      return
    }
    if (isGitUrl(input)) {
      if (this.#isFirst(input)) yield {kind: 'repository', input, source: input}
      return
    }
    if (isS3Url(input)) {
      if (this.#isFirst(input)) yield {kind: 'bucket', input, source: input}
      return
    }
    const path = nodePath.resolve(this.#options.cwd, input)
    const found = await this.#stat(path)
    // What exists by that very name is meant, even if the name looks like a glob.
    if (found instanceof Error) {
      if (isMissing(found) && hasMagic(input)) yield* this.#glob(input)
      else yield this.#unreadable(path, found)
    } else if (found.isDirectory()) {
      yield* this.#directory(
        path,
        {levels: await this.#levelsAbove(path), isHiddenMeant: false, isMeant: () => true},
        [],
      )
    } else {
      yield* this.#file(path, found)
    }
  }

  /** Follows links: what is named is meant. */
  async #stat(path: string): Promise<Stats | NodeJS.ErrnoException> {
    try {
      return await stat(path)
    } catch (error) {
      return error as NodeJS.ErrnoException
    }
  }

  async *#glob(pattern: string): AsyncGenerator<WalkEntry> {
    const {cwd} = this.#options
    const {base, rest} = splitGlob(nodePath.sep === '\\' ? pattern.replaceAll('\\', '/') : pattern)
    const directory = nodePath.resolve(cwd, base)
    const found = await this.#stat(directory)
    let count = 0
    if (!(found instanceof Error) && found.isDirectory()) {
      // A glob that names hidden files means them.
      const isHiddenMeant = rest.split('/').some(part => part.startsWith('.'))
      const levels = await this.#levelsAbove(directory)
      const isMeant = (path: string): boolean => nodePath.matchesGlob(nodePath.relative(directory, path), rest)
      for await (const entry of this.#directory(directory, {levels, isHiddenMeant, isMeant}, [])) {
        if (entry.kind === 'file') count++
        yield entry
      }
    }
    if (count === 0 && this.#isFirst(pattern)) {
      yield {kind: 'skipped', source: pattern, reason: 'not_found', message: 'matches no file', failed: true}
    }
  }

  /** Everything below a directory. `ancestors` are the real paths of the directories that led here through links. */
  async *#directory(directory: string, above: Selection, ancestors: readonly string[]): AsyncGenerator<WalkEntry> {
    this.#checkSignal()
    let entries: Dirent<Buffer>[]
    let real: string
    try {
      real = this.#options.followSymlinks ? await realpath(directory) : directory
      if (ancestors.includes(real)) {
        yield this.#skipped(directory, 'symbolic_link', 'is a loop of symbolic links', false)
        return
      }
      entries = await readdir(directory, {withFileTypes: true, encoding: 'buffer'})
    } catch (error) {
      yield this.#unreadable(directory, error as NodeJS.ErrnoException)
      return
    }
    const own = await ownRules(directory, entries)
    const selection = own === undefined ? above : {...above, levels: [...above.levels, {directory, rules: own}]}
    entries.sort((one, other) => Buffer.compare(one.name, other.name))
    for (let start = 0; start < entries.length; start += STAT_BATCH) {
      const batch = entries.slice(start, start + STAT_BATCH).filter(entry => !isNeverEntered(entry))
      const looked = await Promise.all(batch.map(entry => this.#look(directory, entry, selection)))
      for (const found of looked) {
        if (found === undefined) continue
        if (found.kind !== 'entry') yield found
        else if (found.stats.isDirectory()) yield* this.#directory(found.path, selection, [...ancestors, real])
        else if (found.stats.isFile() && this.#isChosen(found.path, selection))
          yield* this.#file(found.path, found.stats)
        else if (!found.stats.isFile() && this.#isChosen(found.path, selection)) {
          yield this.#skipped(found.path, 'special_file', specialKind(found.stats), false)
        }
      }
    }
  }

  /** What a directory's entry is; undefined if the rules pass it over. */
  async #look(
    directory: string,
    entry: Dirent<Buffer>,
    selection: Selection,
  ): Promise<WalkEntry | {kind: 'entry'; path: string; stats: Stats} | undefined> {
    const path = nodePath.join(directory, entry.name.toString('utf8'))
    if (!isUtf8(entry.name)) {
      return this.#skipped(path, 'name_not_utf8', `has a name that is not UTF-8 (${escapedName(entry.name)})`, true)
    }
    // A link to a directory is matched as a file, as git does; so is what has no known type yet.
    if (this.#isIgnored(path, entry.isDirectory(), selection)) return undefined
    try {
      let stats = await lstat(path)
      if (stats.isDirectory() && !entry.isDirectory() && this.#isIgnored(path, true, selection)) return undefined
      if (stats.isSymbolicLink()) {
        if (!this.#options.followSymlinks) {
          return this.#isChosen(path, selection)
            ? this.#skipped(path, 'symbolic_link', 'is a symbolic link', false)
            : undefined
        }
        stats = await stat(path)
      }
      return {kind: 'entry', path, stats}
    } catch (error) {
      return this.#unreadable(path, error as NodeJS.ErrnoException)
    }
  }

  *#file(path: string, stats: Stats): Generator<WalkEntry> {
    if (!this.#isFirst(path)) return
    const source = this.#source(path)
    if (stats.isFile()) yield {kind: 'file', path, source, size: stats.size, mtime: stats.mtimeMs}
    else yield this.#skipped(path, 'special_file', specialKind(stats), true)
  }

  /** By the rules, the innermost first: the first that says something decides. */
  #isIgnored(path: string, isDirectory: boolean, {levels, isHiddenMeant}: Selection): boolean {
    if (this.#exclude !== undefined && this.#matches(this.#exclude, path, isDirectory)) return true
    for (let index = levels.length - 1; index >= 0; index--) {
      const {directory, rules} = levels[index]!
      const {ignored, unignored} = rules.test(rulePath(directory, path, isDirectory))
      if (ignored) return true
      if (unignored) return false
    }
    // These say nothing of paths: a directory that was taken in is not passed over again for what is below it.
    return isHiddenOrGenerated(nodePath.basename(path), isDirectory, isHiddenMeant)
  }

  #isChosen(path: string, selection: Selection): boolean {
    return selection.isMeant(path) && (this.#include === undefined || this.#matches(this.#include, path, false))
  }

  /** Patterns of include and exclude are relative to where the user is, or match at any depth. */
  #matches(patterns: Ignore, path: string, isDirectory: boolean): boolean {
    const relative = rulePath(this.#options.cwd, path, isDirectory)
    return patterns.ignores(
      relative.startsWith('../') || nodePath.isAbsolute(relative) ? nodePath.basename(path) : relative,
    )
  }

  /**
   * The rules from the root of the repository down to above the directory. A directory which those rules pass over is
   * not subject to them: it was named.
   */
  async #levelsAbove(directory: string): Promise<readonly RuleLevel[]> {
    const levels: RuleLevel[] = []
    for (const parent of await repositoryDirectories(directory)) {
      const rules = await ownRules(parent)
      if (rules !== undefined) levels.push({directory: parent, rules})
    }
    const isPassedOver = levels.some(level => level.rules.ignores(rulePath(level.directory, directory, true)))
    return isPassedOver ? [] : levels
  }

  #source(path: string): string {
    return sourceName(path, this.#options.cwd)
  }

  #skipped(path: string, reason: SkipReason, message: string, failed: boolean): WalkEntry {
    return {kind: 'skipped', source: this.#source(path), reason, message, failed}
  }

  #unreadable(path: string, error: NodeJS.ErrnoException): WalkEntry {
    if (isMissing(error)) return this.#skipped(path, 'not_found', 'does not exist', true)
    const why = error.code === 'EACCES' || error.code === 'EPERM' ? 'permission denied' : (error.code ?? error.message)
    return this.#skipped(path, 'unreadable', `cannot be read: ${why}`, true)
  }

  #isFirst(key: string): boolean {
    if (this.#seen === undefined) return true
    if (this.#seen.has(key)) return false
    this.#seen.add(key)
    return true
  }

  #checkSignal(): void {
    if (this.#options.signal?.aborted) throw new CancelledError()
  }
}

function isMissing(error: NodeJS.ErrnoException): boolean {
  return error.code === 'ENOENT' || error.code === 'ENOTDIR'
}

function hasMagic(pattern: string): boolean {
  return /[*?[{]/.test(pattern)
}

/** The directories before the first part with a wildcard, and the rest as a pattern below them. */
function splitGlob(pattern: string): {base: string; rest: string} {
  const parts = pattern.split('/')
  const first = parts.findIndex(hasMagic)
  const base = parts.slice(0, first).join('/')
  return {base: base === '' && pattern.startsWith('/') ? '/' : base || '.', rest: parts.slice(first).join('/')}
}

/** Whether a name is one that is passed over unless a rule takes it in again. */
export function isHiddenOrGenerated(name: string, isDirectory: boolean, isHiddenMeant: boolean): boolean {
  if (name.startsWith('.') && !isHiddenMeant) return true
  return GENERATED.ignores(isDirectory ? `${name}/` : name)
}

function isNeverEntered(entry: Dirent<Buffer>): boolean {
  return NEVER_ENTERED.has(entry.name.toString('latin1'))
}

/** The rules in a directory's own files, the later file's after the earlier's; undefined if it has none. */
async function ownRules(directory: string, entries?: readonly Dirent<Buffer>[]): Promise<Ignore | undefined> {
  const names =
    entries === undefined
      ? RULE_FILES
      : RULE_FILES.filter(name => entries.some(entry => entry.name.equals(Buffer.from(name))))
  let rules: Ignore | undefined
  for (const name of names) {
    const content = await readRules(nodePath.join(directory, name))
    if (content !== undefined) rules = (rules ?? ignore()).add(content)
  }
  return rules
}

/** A rule file that can't be read has no rules; one that is no regular file is not opened. */
async function readRules(path: string): Promise<string | undefined> {
  try {
    const found = await stat(path)
    return found.isFile() && found.size < 1_000_000 ? await readFile(path, 'utf8') : undefined
  } catch {
    return undefined
  }
}

/** From the root of the repository that a directory is in, down to its parent; none if it is in none. */
async function repositoryDirectories(directory: string): Promise<readonly string[]> {
  const directories: string[] = []
  let current = directory
  while (!(await isRepositoryRoot(current))) {
    const parent = nodePath.dirname(current)
    if (parent === current) return []
    directories.unshift(parent)
    current = parent
  }
  return directories
}

async function isRepositoryRoot(directory: string): Promise<boolean> {
  try {
    await lstat(nodePath.join(directory, '.git'))
    return true
  } catch {
    return false
  }
}

/** A path as rules see it: relative to their directory, with `/`, directories with one at the end. */
function rulePath(directory: string, path: string, isDirectory: boolean): string {
  const relative = nodePath.relative(directory, path)
  const slashed = nodePath.sep === '\\' ? relative.replaceAll('\\', '/') : relative
  return isDirectory ? `${slashed}/` : slashed
}

function specialKind(stats: Stats): string {
  if (stats.isFIFO()) return 'is a FIFO'
  if (stats.isSocket()) return 'is a socket'
  return 'is a device'
}

/** A name with its bytes beyond ASCII as hexadecimal escapes. */
function escapedName(name: Buffer): string {
  return name
    .toString('latin1')
    .replace(/[^\x20-\x7e]/g, byte => `\\x${byte.charCodeAt(0).toString(16).padStart(2, '0')}`)
}
