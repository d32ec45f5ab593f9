import {CancelledError, ExitCode, type ErrorReport, InvalidInputError, OmniError} from '../operation/errors.ts'
import {InputMismatchError} from '../operation/invoke.ts'
import type {Field} from './fields.ts'
import {nameOf} from './flags.ts'
import {nearest} from '../operation/nearest.ts'
import {printable} from './printable.ts'
import {systemRefusal} from './system-refusal.ts'
import type {Terminal} from './terminal.ts'

/** What was typed does not fit the command. */
export class UsageError extends InvalidInputError {
  override readonly code = 'usage'
}

/** What `error` is to the caller, whatever was thrown: an expected error as it is, anything else as our own bug. */
export interface Classified {
  readonly report: ErrorReport
  readonly exitCode: ExitCode
  readonly unexpected: boolean
}

export function classify(error: unknown, signal: AbortSignal): Classified {
  const aborted = signal.aborted && (isAbort(error) || error instanceof CancelledError)
  if (aborted || isLeftQuestion(error)) {
    return {report: new CancelledError().report(), exitCode: ExitCode.cancelled, unexpected: false}
  }
  if (error instanceof OmniError) return {report: error.report(), exitCode: error.exitCode, unexpected: false}
  const message = error instanceof Error ? error.message : String(error)
  const refusal = systemRefusal(error)
  if (refusal) return {...refusal, unexpected: false}
  return {report: {code: 'bug', message}, exitCode: ExitCode.bug, unexpected: true}
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError'
}

/** Ctrl-C while inquirer asks: it reads the key itself, so no signal tells of it. */
function isLeftQuestion(error: unknown): boolean {
  return error instanceof Error && error.name === 'ExitPromptError'
}

/** An input that the schema refused, in the words of the command line: flags instead of fields, all at once. */
export function inCommandWords(error: unknown, fields: readonly Field[], commandLine: string): unknown {
  if (!(error instanceof InputMismatchError)) return error
  const lines = error.problems.map(({path, message}) => {
    const field = fields.find(each => path === each.name || path.startsWith(`${each.name}.`))
    if (field === undefined) return path ? `${path}: ${message}` : message
    // A part of what a file held is known by its place there.
    const part = path.slice(field.name.length + 1)
    return `${nameOf(field)}: ${part.includes('.') ? `${part} ` : ''}${lowerFirst(message)}`
  })
  return new UsageError(lines.join('\n'), {hint: `${commandLine} --help`, details: error.details})
}

/** oclif's own complaints about flags and arguments become usage errors; everything else passes. */
export function fromParser(error: unknown, commandLine: string, flags: readonly string[] = []): unknown {
  if (!(error instanceof Error) || error instanceof UsageError || !('oclif' in error)) return error
  const whole = (error.message.split('\nSee more help')[0] ?? error.message).trim()
  const first = whole
    .replace(/^The following errors? occurred:\s*/, '')
    .replaceAll(/(--[\w-]+)=true (cannot also be provided)/g, '$1 $2')
  const meant = meantFlags(error, flags) ?? meantValue(first)
  return new UsageError(first, {
    hint: meant === undefined ? `${commandLine} --help` : `${meant}, or ${commandLine} --help`,
  })
}

/** The flags that a nonexistent one is nearest to. */
function meantFlags(error: object, flags: readonly string[]): string | undefined {
  const unknown = (error as {readonly flags?: unknown}).flags
  if (!Array.isArray(unknown)) return undefined
  const near = unknown.flatMap(flag =>
    nearest(
      String(flag).replace(/=.*/, ''),
      flags.map(name => `--${name}`),
    ),
  )
  return near.length > 0 ? [...new Set(near)].join(' or ') : undefined
}

/** The value of fixed ones that was perhaps meant, in oclif's words for it. */
function meantValue(message: string): string | undefined {
  const [, flag = '', value = '', options = ''] = /^Expected (--[\w-]+=)?(.*) to be one of: (.*)$/.exec(message) ?? []
  const near = nearest(value, options.split(', '))
  return value && near.length > 0 ? near.map(each => `${flag}${each}`).join(' or ') : undefined
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1)
}

/** The error for a person: what happened, what to try, and its stable code. */
export function printError(report: ErrorReport, terminal: Terminal, stack: string | undefined): void {
  const paint = (code: string, text: string) => (terminal.colour.stderr ? `\u001B[${code}m${text}\u001B[0m` : text)
  const lines = [`${paint('31', 'Error:')} ${printable(report.message).trimEnd()}`]
  if (report.hint) lines.push(`  Try: ${printable(report.hint)}`)
  lines.push(paint('2', `  code: ${printable(report.code)}`))
  if (stack) lines.push(printable(stack))
  terminal.stderr.write(`${lines.join('\n')}\n`)
}
