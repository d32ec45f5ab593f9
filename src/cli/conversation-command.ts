import type {Context} from '../operation/context.ts'
import {ExitCode, InvalidInputError} from '../operation/errors.ts'
import type {Operation, OperationInput} from '../operation/operation.ts'
import {classify, printError} from './error-display.ts'
import {type Field, fieldsOf} from './fields.ts'
import {inputFrom} from './flags.ts'
import {OmniCommand, type Typed} from './omni-command.ts'
import {StandardInputNotTextError} from './standard-input.ts'

/** The fields of an operation that takes a `message`, which a command asks for where it is not given. */
export function conversationFields(operation: Operation): readonly Field[] {
  return fieldsOf(operation).map(field => (field.name === 'message' ? {...field, required: false} : field))
}

/**
 * A conversation, until it is told to stop: on a terminal line by line, elsewhere for every line of stdin, or once for
 * `--message`. The operation takes a `message` and the `conversation` that it belongs to. A person whose conversation is
 * under way may say it again where it failed.
 */
export abstract class ConversationCommand<O extends Operation> extends OmniCommand {
  protected abstract readonly operation: O
  protected abstract readonly fields: readonly Field[]
  /** What a person is asked with. */
  protected abstract readonly question: string
  /** Input that says how a conversation begins, which one that is under way does not take again. */
  protected abstract readonly opening: readonly string[]

  /** Says one message and prints what comes back. @returns the conversation, for the next one */
  protected abstract say(input: OperationInput<O>, context: Context, typed: Typed): Promise<string>

  protected async execute(typed: Typed): Promise<ExitCode> {
    const {message, ...options} = inputFrom(this.fields, typed.values)
    const context = await this.context(this.operation.id, typed)
    let input: Record<string, unknown> = options
    let asked = false
    for await (const said of message === undefined ? this.#messages() : [message]) {
      const request = {...input, message: said} as OperationInput<O>
      const conversation = await this.say(request, context, typed).catch((error: unknown) => {
        if (!asked || !this.#isToldOnly(error)) throw error
      })
      if (conversation === undefined) continue
      const same = Object.entries(options).filter(([name]) => !this.opening.includes(name))
      input = {...Object.fromEntries(same), conversation}
      asked = true
    }
    if (!asked && !this.terminal.interactive) {
      throw new InvalidInputError('There is no message', {hint: `${this.commandLine} --message "…"`})
    }
    return ExitCode.done
  }

  /** Tells a person of an error that does not end the conversation. */
  #isToldOnly(error: unknown): boolean {
    const {report, exitCode, unexpected} = classify(error, this.signal)
    if (!this.terminal.interactive || unexpected || exitCode === ExitCode.cancelled) return false
    printError(report, this.terminal, undefined)
    return true
  }

  /** What a person types until an empty line or Ctrl-D, or the lines of stdin; blank ones are left out. */
  async *#messages(): AsyncGenerator<string> {
    if (!this.terminal.interactive) {
      const {createInterface} = await import('node:readline')
      for await (const line of createInterface({input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY})) {
        if (this.signal.aborted) return
        assertText(line)
        if (line.trim() !== '') yield line.trim()
      }
      return
    }
    const {default: inquirer} = await import('inquirer')
    for (;;) {
      const {said} = await inquirer.prompt([{type: 'input', name: 'said', message: this.question}])
      if (String(said).trim() === '') return
      yield String(said).trim()
    }
  }
}

/** Each line of something else than text would be sent, and paid for. U+FFFD is what cannot be read. */
function assertText(line: string): void {
  if (!/[\0\uFFFD]/u.test(line)) return
  throw new StandardInputNotTextError('stdin is no text in UTF-8', {hint: 'convert it first, such as with `iconv`'})
}
