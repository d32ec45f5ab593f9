import {devNull} from 'node:os'
import {type ChildProcessWithoutNullStreams, spawn} from 'node:child_process'
import {CancelledError, FailureError, NotConfiguredError} from '@omni-ops/core/operation'

/** Repositories need the `git` program, and it is not there. */
export class GitMissingError extends NotConfiguredError {
  override readonly code = 'rag_git_missing'
}

/** `git` ended with an error; the message is its own. */
export class GitFailedError extends FailureError {
  override readonly code = 'rag_git_failed'
}

export interface GitOptions {
  /** Where git looks for the repository. */
  readonly directory: string
  /** Settings for this call alone, over those of files. */
  readonly config?: Readonly<Record<string, string>>
  /** Through which URLs are asked, none where it is empty, whatever git's own settings and the environment say. */
  readonly proxy?: string
  /** The only transport that may be used; none by default, so that a repository's own settings start nothing. */
  readonly protocol?: string
  /** Do not look for a repository above the directory. */
  readonly here?: boolean
  readonly signal: AbortSignal
}

/** So much of what git has to say against it is told. */
const LONGEST_COMPLAINT = 500

/** The whole output of a git command. Throws GitMissingError, GitFailedError, CancelledError. */
export async function git(args: readonly string[], options: GitOptions): Promise<Buffer> {
  const child = startGit(args, options)
  child.stdin.end()
  const parts: Buffer[] = []
  for await (const part of child.stdout as AsyncIterable<Buffer>) parts.push(part)
  await child.ended
  return Buffer.concat(parts)
}

/** A git command that runs. `ended` resolves when it ended well. */
export type RunningGit = ChildProcessWithoutNullStreams & {readonly ended: Promise<void>}

/**
 * Starts git without a shell and so that it asks nobody, runs no hook and no monitor, takes nothing from the variables
 * of another git that this program may run in, and fetches what is missing from nowhere unless a protocol is given
 * (git help git: GIT_ALLOW_PROTOCOL, GIT_NO_LAZY_FETCH).
 */
export function startGit(args: readonly string[], options: GitOptions): RunningGit {
  const {directory, signal} = options
  const config = {
    'core.hooksPath': devNull,
    'core.fsmonitor': 'false',
    'gc.auto': '0',
    'maintenance.auto': 'false',
    ...options.config,
  }
  const settings = Object.entries(config).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const child = spawn('git', ['-C', directory, ...settings, ...args], {
    env: environment(options),
    stdio: 'pipe',
    windowsHide: true,
  })
  child.stdin.on('error', () => undefined)
  let complaint = ''
  child.stderr.setEncoding('utf8').on('data', (piece: string) => {
    if (complaint.length < LONGEST_COMPLAINT) complaint += piece
  })
  const stop = (): void => void child.kill()
  signal.addEventListener('abort', stop, {once: true})
  const ended = new Promise<void>((settle, fail) => {
    child.on('error', (error: NodeJS.ErrnoException) => {
      fail(
        error.code === 'ENOENT'
          ? new GitMissingError('Reading a Git repository needs the program git, which is not there', {
              hint: 'install git (https://git-scm.com), or ingest a directory of files',
            })
          : error,
      )
    })
    child.on('close', code => {
      signal.removeEventListener('abort', stop)
      if (signal.aborted) fail(new CancelledError())
      else if (code === 0) settle()
      else fail(new GitFailedError(saidBy(complaint) ?? `git ${args[0]} ended with ${code}`))
    })
  })
  ended.catch(() => undefined)
  return Object.assign(child, {ended})
}

/** Of another git that this program runs in, such as a hook's, only how it reaches hosts is kept. */
const KEPT = new Set(['GIT_SSH', 'GIT_SSH_COMMAND', 'GIT_ASKPASS', 'GIT_SSL_CAINFO', 'GIT_SSL_CAPATH', 'GIT_EXEC_PATH'])

function environment({protocol, here, directory, proxy}: GitOptions): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_') || KEPT.has(name))
  return {
    GIT_SSH_COMMAND: 'ssh -o BatchMode=yes',
    ...Object.fromEntries(own),
    LC_ALL: 'C',
    GIT_TERMINAL_PROMPT: '0',
    GCM_INTERACTIVE: 'never',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_ALLOW_PROTOCOL: protocol ?? 'none',
    GIT_NO_LAZY_FETCH: '1',
    GIT_NO_REPLACE_OBJECTS: '1',
    // Not among the arguments, which everybody on the machine can read: it may hold a password.
    ...(proxy === undefined ? {} : {GIT_CONFIG_COUNT: '1', GIT_CONFIG_KEY_0: 'http.proxy', GIT_CONFIG_VALUE_0: proxy}),
    ...(here ? {GIT_CEILING_DIRECTORIES: process.getBuiltinModule('node:path').dirname(directory)} : {}),
  }
}

/** The first thing that git calls fatal or an error, without control characters. */
function saidBy(complaint: string): string | undefined {
  const lines = complaint.split('\n')
  const line = lines.find(each => /^(?:fatal|error): /.test(each)) ?? lines.find(each => each.trim() !== '')
  if (line === undefined) return undefined
  return `git: ${line.replace(/^(?:fatal|error): /, '').replace(/\p{Cc}/gu, ' ')}`.slice(0, LONGEST_COMPLAINT)
}
