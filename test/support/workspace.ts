import {type ChildProcess, spawn} from 'node:child_process'
import {chownSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {dirname, join} from 'node:path'
import {type Context, invoke, type Operation, type OperationInput, Registry} from '@omni-ops/core/operation'
import {onTestFinished} from 'vitest'
import dashboard from '../../plugins/dashboard/src/index.ts'
import llm from '../../plugins/llm/src/index.ts'
import multimodal from '../../plugins/multimodal/src/index.ts'
import privacy from '../../plugins/privacy/src/index.ts'
import rag from '../../plugins/rag/src/index.ts'
import {ingestSources, type IngestSourcesOptions} from '../../plugins/rag/src/ingest/ingest-sources.ts'
import type {IngestSummary} from '../../plugins/rag/src/ingest/ingest-run.ts'
import {openSession, type Session} from '../../src/cli/session.ts'
import core from '../../src/core-plugin.ts'
import {environment, type Finished, program} from '../cli/program.ts'

/** The operations of the program, as its bundle registers them. */
export const registry = new Registry([core, privacy, rag, llm, multimodal, dashboard])

/** A process of omni that may still be running. */
export interface Started {
  readonly child: ChildProcess
  readonly finished: Promise<Finished>
}

export interface WorkspaceOptions {
  readonly env?: Readonly<Record<string, string>>
  /** Where the data directory is; below the home where it is not given. */
  readonly dataDirectory?: string
  /** When it goes away: with the test, or with `afterAll` where a suite shares it. */
  readonly atEnd?: (cleanUp: () => void) => void
  /** Begin with a copy of everything that is in this one, with which nothing may be at work. */
  readonly copyOf?: Workspace
  /** Whose processes these are, where this process may choose. */
  readonly account?: {readonly uid: number; readonly gid: number}
}

/** A home and a directory of files, in which omni is run as its user does. All of it goes away in the end. */
export class Workspace {
  readonly directory: string
  readonly home: string
  readonly data: string
  readonly env: Readonly<Record<string, string>>
  readonly #account: {readonly uid: number; readonly gid: number} | undefined

  constructor(options: WorkspaceOptions = {}) {
    this.directory = mkdtempSync(join(tmpdir(), 'omni-workspace-'))
    this.home = join(this.directory, '.home')
    if (options.copyOf) cpSync(options.copyOf.directory, this.directory, {recursive: true})
    mkdirSync(this.home, {recursive: true})
    this.data = options.dataDirectory ?? join(this.home, '.local', 'share', 'omni', 'default')
    this.env = {...options.env, ...(options.dataDirectory ? {OMNI_DATA_DIR: options.dataDirectory} : {})}
    this.#account = options.account
    if (options.account) {
      for (const path of [this.directory, this.home]) chownSync(path, options.account.uid, options.account.gid)
    }
    const atEnd = options.atEnd ?? onTestFinished
    atEnd(() => rmSync(this.directory, {recursive: true, force: true}))
  }

  /** Writes a file below the directory. */
  write(path: string, content: string | Uint8Array): void {
    const file = this.path(path)
    mkdirSync(dirname(file), {recursive: true})
    writeFileSync(file, content)
  }

  path(path: string): string {
    return join(this.directory, path)
  }

  /** Runs the built program to its end. */
  omni(argv: readonly string[], options: {readonly input?: string | Uint8Array} = {}): Promise<Finished> {
    return this.start(argv, options).finished
  }

  /** Runs the built program with `--json` and reads what it says; fails unless it exits with the code. */
  async json<Result = Record<string, unknown>>(argv: readonly string[], code = 0): Promise<Result> {
    const finished = await this.omni([...argv, '--json'])
    if (finished.code !== code) {
      throw new Error(`omni ${argv.join(' ')} exited with ${finished.code}: ${finished.stderr}${finished.stdout}`)
    }
    return JSON.parse(finished.stdout) as Result
  }

  /** Starts the built program. */
  start(argv: readonly string[], {input = ''}: {readonly input?: string | Uint8Array} = {}): Started {
    const child = spawn(process.execPath, [program, ...argv], {
      cwd: this.directory,
      env: environment(this.home, this.env),
      stdio: 'pipe',
      ...this.#account,
    })
    const output = {stdout: '', stderr: ''}
    child.stdout.setEncoding('utf8').on('data', (piece: string) => (output.stdout += piece))
    child.stderr.setEncoding('utf8').on('data', (piece: string) => (output.stderr += piece))
    // A program that ends without reading its input is no failure of the test.
    child.stdin.on('error', () => undefined)
    child.stdin.end(input)
    const finished = new Promise<Finished>((settle, fail) => {
      child.on('error', fail)
      child.on('close', code => settle({code, ...output}))
    })
    return {child, finished}
  }

  /** A session in this process on the workspace's data, as a command opens it. */
  async session(tenant?: string): Promise<Session> {
    return openSession({
      registry,
      profile: 'default',
      tenant,
      debug: false,
      version: '0.0.0',
      signal: new AbortController().signal,
      operation: 'test',
      emit: () => {},
      machine: {platform: process.platform, env: this.env, home: this.home},
      workingDirectory: this.directory,
    })
  }

  /** Does something with a session, and closes it. */
  async within<Result>(work: (context: Context) => Promise<Result>, tenant?: string): Promise<Result> {
    const session = await this.session(tenant)
    try {
      return await work(session.context)
    } finally {
      await session.close()
    }
  }

  /** Calls an operation in this process. */
  async call<O extends Operation>(operation: O, input: OperationInput<O>, tenant?: string) {
    return this.within(context => invoke(operation, input, {...context, operation: operation.id}), tenant)
  }

  /** Ingests once, in this process, as the command does. */
  ingest(inputs: readonly string[], options: Partial<IngestSourcesOptions> = {}): Promise<IngestSummary> {
    return this.ingestAs(undefined, inputs, options)
  }

  /** Ingests once as a tenant. */
  async ingestAs(
    tenant: string | undefined,
    inputs: readonly string[],
    options: Partial<IngestSourcesOptions> = {},
  ): Promise<IngestSummary> {
    return this.within(async context => {
      for await (const summary of ingestSources({...ingestDefaults, ...options, inputs}, context)) return summary
      throw new Error('The ingest gave no summary')
    }, tenant)
  }
}

const ingestDefaults: Omit<IngestSourcesOptions, 'inputs'> = {
  collection: 'default',
  metadata: {},
  include: [],
  exclude: [],
  prune: false,
  dryRun: false,
  watch: false,
}
