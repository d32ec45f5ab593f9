import {
  type Field,
  fieldsOf,
  flagsFor,
  globalFlags,
  inCommandWords,
  inputFrom,
  OmniCommand,
  printable,
  printResult,
  type Typed,
} from '@omni-ops/core/cli'
import {type Context, ExitCode, InvalidInputError, invoke, type OperationInput} from '@omni-ops/core/operation'
import {chat} from '../../operations/chat.ts'

const fields: readonly Field[] = fieldsOf(chat).map(field => ({...field, required: false}))

/** Talks until it is told to stop: on a terminal line by line, elsewhere for every line of stdin, or once for `--message`. */
export default class LlmChat extends OmniCommand {
  static override summary = chat.summary
  static override description = chat.description ?? ''
  static override examples = [...chat.cli.examples]
  static override flags = flagsFor(fields)
  static override baseFlags = globalFlags

  protected async execute(typed: Typed): Promise<ExitCode> {
    const {message, ...options} = inputFrom(fields, typed.values)
    const context = await this.context(chat.id, typed)
    let input: Record<string, unknown> = options
    let asked = false
    for await (const said of message === undefined ? this.#messages() : [message]) {
      const conversation = await this.#say({...input, message: said} as OperationInput<typeof chat>, context, typed)
      const {continue: _, ...same} = options
      input = {...same, conversation}
      asked = true
    }
    if (!asked && !this.terminal.interactive) {
      throw new InvalidInputError('There is no message', {hint: `${this.commandLine} --message "…"`})
    }
    return ExitCode.done
  }

  async #say(input: OperationInput<typeof chat>, context: Context, typed: Typed): Promise<string> {
    const {stdout} = this.terminal
    const streams = typed.format === undefined && stdout.isTerminal
    let hasStreamed = false
    const emit: typeof context.emit = event => {
      if (event.type === 'delta') hasStreamed = streams
      if (event.type !== 'delta' || streams) context.emit(event)
    }
    const output = await invoke(chat, input, {...context, emit}).catch((error: unknown) => {
      if (hasStreamed) stdout.write('\n')
      throw inCommandWords(error, fields, this.commandLine)
    })
    if (typed.format !== undefined) {
      const {columns} = chat.cli
      await printResult(output, typed.format, columns ? {columns} : {}, this.terminal)
      return output.conversation
    }
    if (!streams) stdout.write(`${printable(output.text)}\n`)
    if (streams) {
      const {answerLine} = await import('../../presentation/answer-line.ts')
      stdout.write(`\n${answerLine(output, this.terminal)}\n\n`)
    }
    return output.conversation
  }

  /** What a person types until an empty line or Ctrl-D, or the lines of stdin; blank ones are left out. */
  async *#messages(): AsyncGenerator<string> {
    if (!this.terminal.interactive) {
      const {createInterface} = await import('node:readline')
      for await (const line of createInterface({input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY})) {
        if (this.signal.aborted) return
        if (line.trim() !== '') yield line.trim()
      }
      return
    }
    const {default: inquirer} = await import('inquirer')
    for (;;) {
      const {said} = await inquirer.prompt([{type: 'input', name: 'said', message: 'Say (empty to end):'}])
      if (String(said).trim() === '') return
      yield String(said).trim()
    }
  }
}
