import {
  ConversationCommand,
  conversationFields,
  flagsFor,
  inCommandWords,
  printable,
  printResult,
  type Typed,
} from '@omni-ops/core/cli'
import {type Context, invoke, type OperationInput} from '@omni-ops/core/operation'
import {chat} from '../../operations/chat.ts'

const fields = conversationFields(chat)

/** Shows an answer on a terminal as it is written. */
export default class LlmChat extends ConversationCommand<typeof chat> {
  static override summary = chat.summary
  static override description = chat.description ?? ''
  static override examples = [...chat.cli.examples]
  static override flags = flagsFor(fields)

  protected readonly operation = chat
  protected readonly fields = fields
  protected readonly question = 'Say (empty to end):'
  protected readonly opening = ['continue']

  protected async say(input: OperationInput<typeof chat>, context: Context, typed: Typed): Promise<string> {
    const {stdout} = this.terminal
    const streams = typed.format === undefined && stdout.isTerminal
    let hasStreamed = false
    const emit: typeof context.emit = event => {
      if (event.type === 'delta') hasStreamed = streams
      if (event.type !== 'delta' || streams) context.emit(event)
    }
    if (streams && this.terminal.stderr.isTerminal) {
      context.emit({type: 'progress', label: 'Waiting for the answer', done: 0})
    }
    const output = await invoke(chat, input, {...context, emit})
      .catch((error: unknown) => {
        if (hasStreamed) stdout.write('\n')
        throw inCommandWords(error, fields, this.commandLine)
      })
      // The next question stands alone, also where no word came.
      .finally(() => context.emit({type: 'delta', text: ''}))
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
}
