import type {Context} from '../operation/context.ts'
import {invoke} from '../operation/invoke.ts'
import type {Operation, OperationOutput} from '../operation/operation.ts'
import {OperationCommand} from './command-for.ts'
import {inCommandWords} from './error-display.ts'
import type {Typed} from './omni-command.ts'

/** An operation whose answer may be shown as it is written. */
export abstract class StreamedCommand<O extends Operation> extends OperationCommand<O> {
  /** Whether some of the answer is on the terminal already. */
  protected hasStreamed = false

  protected abstract streams(typed: Typed, input: Readonly<Record<string, unknown>>): boolean

  protected override async call(input: Record<string, unknown>, typed: Typed): Promise<OperationOutput<O>> {
    const streams = typed.format === undefined && this.streams(typed, input)
    const context = await this.context(this.operation.id, typed)
    const emit: Context['emit'] = event => {
      if (event.type === 'delta' && !streams) return
      if (event.type === 'delta') this.hasStreamed = true
      context.emit(event)
    }
    // A model may think for long before its first word.
    if (this.terminal.stderr.isTerminal) context.emit({type: 'progress', label: 'Waiting for the answer', done: 0})
    try {
      return await invoke(this.operation, input as never, {...context, emit})
    } catch (error) {
      if (this.hasStreamed) this.terminal.stdout.write('\n')
      throw inCommandWords(error, this.fields, this.commandLine)
    }
  }
}
