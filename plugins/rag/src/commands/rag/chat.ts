import {ConversationCommand, conversationFields, flagsFor, printResult, type Typed} from '@omni-ops/core/cli'
import {type Context, invoke, type OperationInput} from '@omni-ops/core/operation'
import {chat} from '../../operations/chat.ts'

const fields = conversationFields(chat)

/** Shows each answer with what it was made from. */
export default class RagChat extends ConversationCommand<typeof chat> {
  static override summary = chat.summary
  static override description = chat.description ?? ''
  static override examples = [...chat.cli.examples]
  static override flags = flagsFor(fields)

  protected readonly operation = chat
  protected readonly fields = fields
  protected readonly question = 'Ask (empty to end):'
  protected readonly opening = ['continue', 'collection']

  protected async say(input: OperationInput<typeof chat>, context: Context, typed: Typed): Promise<string> {
    const output = await invoke(chat, input, context)
    if (typed.format === undefined) {
      const {present} = await import('../../presentation/chat.ts')
      this.terminal.stdout.write(`${present(output, this.terminal)}\n`)
      if (this.terminal.interactive) this.terminal.stdout.write('\n')
    } else {
      const {rows, columns} = chat.cli
      await printResult(output, typed.format, {...(rows ? {rows} : {}), ...(columns ? {columns} : {})}, this.terminal)
    }
    return output.conversation
  }
}
