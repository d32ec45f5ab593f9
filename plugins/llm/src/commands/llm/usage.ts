import {fieldsOf, Flags, flagsFor, globalFlags, OperationCommand, type Typed} from '@omni-ops/core/cli'
import type {OperationOutput} from '@omni-ops/core/operation'
import {usage} from '../../operations/usage.ts'

const fields = fieldsOf(usage)

/** What was used, as every command shows it, and as a spreadsheet takes it. */
export default class LlmUsage extends OperationCommand<typeof usage> {
  static override summary = usage.summary
  static override usage = '<%= command.id %> [FLAGS]'
  static override examples = [...usage.cli.examples]
  static override baseFlags = globalFlags
  static override flags = {
    ...flagsFor(fields),
    csv: Flags.boolean({summary: 'The same as -o csv', exclusive: ['json', 'output']}),
  }
  protected readonly operation = usage
  protected readonly fields = fields

  protected override async print(output: OperationOutput<typeof usage>, typed: Typed): Promise<void> {
    await super.print(output, typed.values.csv === true ? {...typed, format: 'csv'} : typed)
  }
}
