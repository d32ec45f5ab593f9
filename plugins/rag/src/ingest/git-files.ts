import {posix} from 'node:path'
import {FailureError} from '@omni-ops/core/operation'
import ignore, {type Ignore} from 'ignore'
import {NameNotUtf8Error, UnreadableFileError, UnsupportedFormatError} from '../documents/errors.ts'
import {PathChoice} from '../documents/path-choice.ts'
import type {LoadSurroundings} from '../loaders/load.ts'
import {FoundVersion} from './found-version.ts'
import type {GitTree, TreeFile} from './git-tree.ts'
import type {Found, KnownDocument} from './source-reader.ts'

export interface GitFilesOptions {
  readonly include: readonly string[]
  readonly exclude: readonly string[]
  readonly maxBytes: number
  readonly loading: LoadSurroundings
  /** What the collection has, of sources that begin so. */
  readonly known: (under: string) => Promise<ReadonlyMap<string, KnownDocument>>
}

/** Rules are bytes by the thousand. */
const LARGEST_RULES = 1_000_000
/** A pointer file is smaller than 1024 bytes and begins so (git-lfs, docs/spec.md). */
const LFS_POINTER = 'version https://git-lfs.github.com/spec/'

/** The files of a tree that a walk through a checkout would take: tracked files are, whatever a .gitignore says. */
export async function chosenFiles(tree: GitTree, {include, exclude}: GitFilesOptions): Promise<readonly TreeFile[]> {
  const isBelow = (path: string): boolean => tree.path === '' || path.startsWith(`${tree.path}/`)
  const named = tree.files.filter(({path}) => path === tree.path)
  if (named.length > 0) return named
  const rules = new Map<string, Ignore>()
  for (const file of tree.files) {
    if (posix.basename(file.path) !== '.omniignore' || file.bytes > LARGEST_RULES) continue
    const directory = posix.dirname(file.path).replace(/^\.$/, '')
    if (!isBelow(file.path) && !`${tree.path}/`.startsWith(`${directory}/`) && directory !== '') continue
    rules.set(directory, ignore().add(new TextDecoder().decode(await tree.read(file))))
  }
  const choice = new PathChoice({include, exclude, rules, named: tree.path})
  return tree.files.filter(({path}) => isBelow(path) && choice.isChosen(path))
}

/** The files of a tree, of which those are read whose blob is another than the one that was ingested. */
export async function* foundInTree(tree: GitTree, options: GitFilesOptions): AsyncGenerator<Found> {
  const {maxBytes, loading} = options
  const files = await chosenFiles(tree, options)
  let known: Promise<ReadonlyMap<string, KnownDocument>> | undefined
  const begin = commonBeginning(files.map(({source}) => source))
  for (const file of files) {
    yield new FoundVersion({
      source: file.source,
      bytes: file.bytes,
      maxBytes,
      loading,
      hint: {name: file.path},
      version: {git_blob: file.blob},
      origin: {git_commit: tree.commit},
      known: async () => (await (known ??= options.known(begin))).get(file.source),
      read: () => readFile(tree, file),
    })
  }
}

async function readFile(tree: GitTree, file: TreeFile): Promise<Uint8Array> {
  if (!file.isNamed) throw new NameNotUtf8Error(file.source, 'has a name that is not UTF-8')
  const bytes = await blobOf(tree, file)
  if (bytes.length < 1024 && Buffer.from(bytes).toString('latin1', 0, LFS_POINTER.length) === LFS_POINTER) {
    throw new UnsupportedFormatError(file.source, 'is kept by Git LFS, and the repository itself has only a pointer', {
      hint: 'check it out with git lfs, and ingest the directory',
    })
  }
  return bytes
}

/** A blob that the repository lacks or cannot unpack is wrong with this file alone. */
async function blobOf(tree: GitTree, file: TreeFile): Promise<Uint8Array> {
  try {
    return await tree.read(file)
  } catch (error) {
    if (!(error instanceof FailureError)) throw error
    throw new UnreadableFileError(file.source, 'is missing in the repository, or damaged', {cause: error})
  }
}

function commonBeginning(names: readonly string[]): string {
  let begin = names[0] ?? ''
  for (const name of names) while (!name.startsWith(begin)) begin = begin.slice(0, -1)
  return begin.toWellFormed() === begin ? begin : begin.slice(0, -1)
}
