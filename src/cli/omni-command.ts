import {homedir} from 'node:os'
import {Command} from '@oclif/core/command'
import type * as Interfaces from '@oclif/core/interfaces'
import {systemClock} from '../operation/random.ts'
import type {Context} from '../operation/context.ts'
import {ExitCode} from '../operation/errors.ts'
import type {Registry} from '../operation/registry.ts'
import {directoriesOf} from '../config/directories.ts'
import {classify, fromParser, printError} from './error-display.ts'
import {globalFlags, type OutputFormat} from './flags.ts'
import {beforeSeparator, wantsJson} from './leading-flags.ts'
import {loadRegistry} from './load-registry.ts'
import {type ProgressDisplay, progressDisplay} from './progress.ts'
import {openSession, type Session} from './session.ts'
import {processTerminal, type Terminal} from './terminal.ts'
import type {LogLevel} from '../telemetry/logger.ts'

/** What was typed, parsed by oclif but not yet checked by a schema. */
export interface Typed {
  /** Flags and positional arguments by name; a name occurs once. */
  readonly values: Readonly<Record<string, unknown>>
  readonly format: OutputFormat | undefined
  readonly quiet: boolean
}

/**
 * The base of every command: global flags, one session, progress, cancellation, errors and exit codes. A command
 * that follows from an operation is made by `commandFor`; one that needs more extends this and writes `execute`.
 */
export abstract class OmniCommand extends Command {
  static override baseFlags = globalFlags

  /** How long a cancelled command may take to clean up before the process ends anyway, in milliseconds. */
  protected readonly graceMs: number = 1_500
  protected terminal!: Terminal
  readonly #cancel = new AbortController()
  #format: OutputFormat | undefined
  #debugging = false
  /** Whoever read stdout has seen enough (`omni … | head -1`). */
  #isUnread = false
  #progress: ProgressDisplay | undefined
  #session: Session | undefined
  #registry: Registry | undefined

  /** Does the command's work and returns its exit code. */
  protected abstract execute(typed: Typed): Promise<ExitCode>

  async run(): Promise<void> {
    this.#readOutputMode()
    const {flags, args} = await this.#parse()
    this.#format = flags.json ? 'json' : (flags.output as OutputFormat | undefined)
    this.#debugging = flags.debug === true
    const quiet = flags.quiet === true
    this.#progress = progressDisplay({
      terminal: this.terminal,
      clock: systemClock,
      quiet,
      streamText: this.#format === undefined,
    })
    const stop = this.#listenForCancel()
    try {
      const finished = this.execute({values: {...flags, ...args}, format: this.#format, quiet})
      const exitCode = await this.#orCancelled(finished)
      process.exitCode = this.#isUnread ? ExitCode.done : exitCode
    } finally {
      stop()
      this.#progress.stop()
      await this.#session?.close()
    }
  }

  protected get signal(): AbortSignal {
    return this.#cancel.signal
  }

  /** The command as a person types it, without arguments. */
  protected get commandLine(): string {
    return `${this.config.bin} ${(this.id ?? '').replaceAll(':', ' ')}`
  }

  protected async registry(): Promise<Registry> {
    this.#registry ??= await loadRegistry(this.config)
    return this.#registry
  }

  /** The context for an operation, opened once per command. */
  protected async context(operation: string, typed: Typed): Promise<Context> {
    const {context} = await this.session(operation, typed)
    return {...context, operation}
  }

  /** The session behind the context, for a command that makes calls of its own: a server. */
  protected async session(operation: string, typed: Typed, logLevel: LogLevel = 'off'): Promise<Session> {
    this.#session ??= await openSession({
      registry: await this.registry(),
      profile: typed.values.profile as string | undefined,
      tenant: typed.values.tenant as string | undefined,
      debug: this.#debugging,
      version: this.config.version,
      signal: this.signal,
      operation,
      logLevel,
      emit: event => this.#progress?.show(event),
    })
    return this.#session
  }

  /** Ends the session, so that the next context knows of settings that were changed. */
  protected async endSession(): Promise<void> {
    await this.#session?.close()
    this.#session = undefined
  }

  /** Takes progress off the screen, before a result is printed or a question asked. */
  protected stopProgress(): void {
    this.#progress?.stop()
  }

  /** Every error ends here: told to a person or, with `--json`, to a machine on stdout; never rethrown. */
  protected override async catch(thrown: Error): Promise<void> {
    const {report, exitCode, unexpected} = classify(
      fromParser(thrown, this.commandLine, this.#flagNames()),
      this.signal,
    )
    if (this.#isUnread && exitCode === ExitCode.cancelled) return
    process.exitCode = exitCode
    const {redact} = await import('../telemetry/redact.ts')
    const explained = unexpected ? await this.#reportBug(thrown, report.message) : report
    if (this.#format === 'json') this.terminal.stdout.write(`${JSON.stringify({error: explained})}\n`)
    else printError(explained, this.terminal, this.#debugging ? redact(thrown.stack ?? '') : undefined)
  }

  #flagNames(): readonly string[] {
    const {flags, baseFlags} = this.ctor
    return Object.keys({...baseFlags, ...flags})
  }

  async #reportBug(error: Error, message: string) {
    const {writeErrorReport, redact} = await import('../telemetry/index.ts')
    const home = homedir()
    const {state} = directoriesOf('default', {platform: process.platform, env: process.env, home})
    const path = await writeErrorReport({
      directory: state,
      error,
      command: this.commandLine,
      version: this.config.version,
      home,
      now: systemClock.now(),
    })
    const {plugin} = this.ctor
    const stranger = plugin?.type === 'user' ? plugin.name : undefined
    const whom = stranger === undefined ? 'report it' : `report it to those who made ${stranger}`
    const hint = path ? `${whom} with the file ${path}` : `run it again with --debug and ${whom} with what it prints`
    return {code: 'bug', message: redact(`${stranger ?? 'omni'} has a bug: ${message}`), hint}
  }

  /** What has to be known before parsing, so that an error in the arguments is told in the right form. */
  #readOutputMode(): void {
    const argv = beforeSeparator(this.argv)
    if (wantsJson(argv)) this.#format = 'json'
    this.#debugging = argv.includes('--debug')
    this.terminal = processTerminal({noColour: argv.includes('--no-color'), noInput: argv.includes('--no-input')})
  }

  /** Parses with nothing required: what is missing is asked for, or told all at once. */
  async #parse(): Promise<{flags: Record<string, unknown>; args: Record<string, unknown>}> {
    const {flags, baseFlags, args, strict} = this.ctor
    const relaxed = (definitions: Readonly<Record<string, object>> | undefined) =>
      Object.fromEntries(Object.entries(definitions ?? {}).map(([name, each]) => [name, {...each, required: false}]))
    const parsed = await this.parse({
      flags: relaxed(flags) as Interfaces.FlagInput,
      baseFlags: relaxed(baseFlags) as Interfaces.FlagInput,
      args: relaxed(args) as Interfaces.ArgInput,
      strict,
    })
    return {flags: parsed.flags, args: parsed.args}
  }

  #listenForCancel(): () => void {
    const cancel = () => {
      if (this.#cancel.signal.aborted) process.exit(ExitCode.cancelled)
      this.#progress?.stop()
      this.#cancel.abort()
    }
    const events: NodeJS.EventEmitter = process
    const unread = () => {
      this.#isUnread = true
      this.#cancel.abort()
    }
    process.on('SIGINT', cancel)
    process.on('SIGTERM', cancel)
    events.on('omni:unread', unread)
    return () => {
      events.off('omni:unread', unread)
      process.off('SIGINT', cancel)
      process.off('SIGTERM', cancel)
    }
  }

  /** The work's exit code; a cancelled work that does not end within the grace time is left behind. */
  async #orCancelled(work: Promise<ExitCode>): Promise<ExitCode> {
    const {signal} = this.#cancel
    const overdue = new Promise<ExitCode>(settle => {
      signal.addEventListener('abort', () => setTimeout(settle, this.graceMs, ExitCode.cancelled).unref(), {once: true})
    })
    return Promise.race([work, overdue])
  }
}
