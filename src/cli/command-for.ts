import {isatty} from 'node:tty'
import type {ExitCode} from '../operation/errors.ts'
import {ExitCode as Codes} from '../operation/errors.ts'
import {invoke} from '../operation/invoke.ts'
import type {Operation, OperationOutput} from '../operation/operation.ts'
import type {Registry} from '../operation/registry.ts'
import {askMissing, confirmDanger} from './ask.ts'
import {inCommandWords} from './error-display.ts'
import {type Field, fieldsOf} from './fields.ts'
import {argsFor, flagsFor, inputFrom, nameOf, placeholderOf} from './flags.ts'
import {confirmationFlags} from './confirmation-flags.ts'
import {loadRegistry} from './load-registry.ts'
import {OmniCommand, type Typed} from './omni-command.ts'
import {printResult} from './output.ts'
import {isStandardInputGiven, readStandardInput} from './standard-input.ts'
import type {Terminal} from './terminal.ts'

/** How a result is told to a person where a table is not the best way; undefined falls back to the table. */
export type Present<O extends Operation> = (output: OperationOutput<O>, terminal: Terminal) => string | undefined

export interface CommandOptions<O extends Operation> {
  readonly present?: () => Promise<{readonly present: Present<O>}>
  /** Loads no plugin of the user's: for a command about them, which has to work where one is broken. */
  readonly withoutInstalled?: true
}

/** The command of an operation: flags, arguments, help, questions and output all follow from its definition. */
export function commandFor<O extends Operation>(operation: O, options: CommandOptions<O> = {}): typeof OmniCommand {
  const fields = fieldsOf(operation)
  const {cli} = operation

  return class extends OperationCommand<O> {
    static override summary = operation.summary
    static override description = operation.description
    static override usage = usageOf(fields, cli.args ?? [])
    static override examples = [...cli.examples]
    static override flags = {...flagsFor(fields), ...confirmationFlags(operation)}
    static override args = argsFor(fields, cli.args ?? [])
    protected readonly operation = operation
    protected readonly fields = fields
    protected override readonly options = options
  } as unknown as typeof OmniCommand
}

/** The line under USAGE: what has to be given, and that there is more; each flag is explained below it. */
function usageOf(fields: readonly Field[], order: readonly string[]): string {
  const positional = order.flatMap(name => {
    const field = fields.find(each => each.name === name)
    if (!field) return []
    const word = `${nameOf(field)}${field.many ? '...' : ''}`
    return [field.required ? word : `[${word}]`]
  })
  const required = fields
    .filter(field => field.required && !field.positional)
    .map(field => `${nameOf(field)} ${placeholderOf(field)}`)
  return ['<%= command.id %>', ...positional, ...required, '[FLAGS]'].join(' ')
}

/** Runs one operation from what was typed, and prints what it answers. */
export abstract class OperationCommand<O extends Operation> extends OmniCommand {
  protected abstract readonly operation: O
  protected abstract readonly fields: readonly Field[]
  protected readonly options: CommandOptions<O> = {}

  protected async execute(typed: Typed): Promise<ExitCode> {
    const input = await this.input(typed)
    await this.confirm(input, typed)
    const output = await this.call(input, typed)
    await this.print(output, typed)
    return this.operation.outcome?.(output) ?? Codes.done
  }

  protected override async registry(): Promise<Registry> {
    return this.options.withoutInstalled ? loadRegistry(this.config, {installed: false}) : super.registry()
  }

  /** The operation's input from what was typed, with `-` read from stdin and the missing asked for. */
  protected async input(typed: Typed): Promise<Record<string, unknown>> {
    const input = inputFrom(this.fields, typed.values)
    for (const field of this.fields) {
      if (field.positional && field.kind === 'text' && input[field.name] === '-') {
        input[field.name] = await readStandardInput(this.signal)
      }
    }
    const {piped} = this.operation.cli
    if (piped !== undefined && typed.values[piped as string] !== '-' && this.readsPiped(typed)) {
      await this.#takePiped(piped as string, input)
    }
    await askMissing(this.fields, input, this.terminal, this.commandLine)
    return input
  }

  /** Whether what comes by a pipe is text of the operation, and not what a flag reads. */
  protected readsPiped(_: Typed): boolean {
    return true
  }

  /** Where nothing was typed, all but a person is read; beside what was typed only what was surely given for it. */
  async #takePiped(name: string, input: Record<string, unknown>): Promise<void> {
    const said = input[name]
    if (said === undefined ? isatty(0) : !isStandardInputGiven()) return
    const text = await readStandardInput(this.signal)
    if (text !== '') input[name] = said === undefined ? text : `${text}\n\n${String(said)}`
  }

  protected async confirm(input: Record<string, unknown>, typed: Typed): Promise<void> {
    const confirm = this.operation.cli.confirm
    if (confirm === undefined || input.dry_run === true) return
    await confirmDanger(
      {
        what: this.operation.summary,
        expects: confirm === 'yes' ? 'yes' : {text: String(input[confirm.repeat])},
        yes: typed.values.yes === true,
        confirm: typed.values.confirm as string | undefined,
        rehearses: this.fields.some(({name}) => name === 'dry_run'),
      },
      this.terminal,
    )
  }

  protected async call(input: Record<string, unknown>, typed: Typed): Promise<OperationOutput<O>> {
    try {
      const context = await this.context(this.operation.id, typed)
      return await invoke(this.operation, input as never, context)
    } catch (error) {
      throw inCommandWords(error, this.fields, this.commandLine)
    }
  }

  protected async print(output: OperationOutput<O>, typed: Typed): Promise<void> {
    this.stopProgress()
    const {rows, columns} = this.operation.cli
    if (typed.format === undefined && this.options.present) {
      const {present} = await this.options.present()
      const text = present(output, this.terminal)
      if (text !== undefined) {
        this.terminal.stdout.write(text.endsWith('\n') || text === '' ? text : `${text}\n`)
        return
      }
    }
    await printResult(output, typed.format, {...(rows ? {rows} : {}), ...(columns ? {columns} : {})}, this.terminal)
  }
}
