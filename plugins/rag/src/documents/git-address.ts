import {fileURLToPath} from 'node:url'
import {InvalidInputError} from '@omni-ops/core/operation'

/** A Git repository, or a part of it, at a revision. */
export interface GitAddress {
  /** As `git` takes it; of a repository on this machine, its directory. */
  readonly location: string
  /** The one transport that may be used; `file` is a repository on this machine, which is read in place. */
  readonly protocol: 'https' | 'http' | 'ssh' | 'file'
  /** What the sources of its files begin with. */
  readonly name: string
  /** A branch, a tag or a commit. */
  readonly revision: string
  /** Where in the tree: `docs/guides`, or nothing for all of it. */
  readonly path: string
}

/** An address or a revision that is none, or that could be taken for something else than it says. */
export class InvalidGitAddressError extends InvalidInputError {
  override readonly code = 'rag_invalid_git_address'
}

const PROTOCOLS = ['https', 'http', 'ssh', 'file'] as const
const EXAMPLE = 'git+https://host/team/manuals.git@v1.2#docs'

/** Whether an input is a Git repository by its address. */
export function isGitUrl(input: string): boolean {
  return /^git\+/i.test(input)
}

/**
 * `git+https://host/x.git@v1.2#docs`: the form that pip and npm give a repository (pip, "VCS Support"). The revision
 * stands behind the last `@` of the path; without one it is what the repository's HEAD is.
 *
 * @throws InvalidGitAddressError
 */
export function parseGitUrl(input: string): GitAddress {
  const url = URL.parse(input.slice('git+'.length))
  const protocol = PROTOCOLS.find(each => `${each}:` === url?.protocol)
  if (url === null || protocol === undefined) {
    throw new InvalidGitAddressError(`${input} is no address of a Git repository`, {
      hint: `${EXAMPLE}; https, http, ssh and file are read`,
    })
  }
  if (url.password !== '' || (url.username !== '' && protocol !== 'ssh')) {
    throw new InvalidGitAddressError(
      'The address of a Git repository holds a secret, which other programs could read',
      {
        hint: 'give it without, and the secret to a credential helper of git (git help credentials)',
      },
    )
  }
  const at = url.pathname.lastIndexOf('@')
  const revision = at < 0 ? 'HEAD' : decoded(url.pathname.slice(at + 1), input)
  const place = at < 0 ? url.pathname : url.pathname.slice(0, at)
  if (url.search !== '' || !/[^/]/.test(place) || url.host.startsWith('-') || url.username.startsWith('-')) {
    throw new InvalidGitAddressError(`${input} is no address of a Git repository`, {hint: EXAMPLE})
  }
  checkRevision(revision)
  const user = url.username === '' ? '' : `${url.username}@`
  const repository = `${url.protocol}//${user}${url.host}${place}`
  return {
    location: protocol === 'file' ? fileURLToPath(new URL(repository)) : repository,
    protocol,
    name: `git+${url.protocol}//${url.host}${place.replaceAll(':', '%3A')}`,
    revision,
    path: decoded(url.hash.slice(1), input).replace(/^\/+|\/+$/g, ''),
  }
}

/** How a file of a repository is named in answers. */
export function gitSource({name}: Pick<GitAddress, 'name'>, path: string): string {
  return `${name}:${path}`
}

/** A source with the commit at which it was read, as a person writes it: `git+https://host/x.git@1a2b3c4:docs/a.md`. */
export function sourceAtCommit(source: string, commit: string): string {
  const short = commit.slice(0, 12)
  const [, repository, path] = /^(git\+[a-z]+:\/\/[^/]*\/[^:]*):(.*)$/su.exec(source) ?? []
  return repository === undefined ? `${source}@${short}` : `${repository}@${short}:${path}`
}

/**
 * Refuses what `git` could take for an option, a range, a pattern or a place in a tree. The rest follows
 * `git help check-ref-format`, with `~`, `^` and `@{…}` that a repository on this machine understands.
 *
 * @throws InvalidGitAddressError
 */
export function checkRevision(revision: string): void {
  if (/^[\p{L}\p{N}_][^\s\p{Cc}:?*[\\]*$/u.test(revision) && !revision.includes('..')) return
  throw new InvalidGitAddressError(`${JSON.stringify(revision)} is no revision`, {
    hint: 'name a branch, a tag or a commit',
  })
}

function decoded(part: string, input: string): string {
  try {
    return decodeURIComponent(part)
  } catch (error) {
    throw new InvalidGitAddressError(`${input} has a % that is none of a URL`, {cause: error})
  }
}
