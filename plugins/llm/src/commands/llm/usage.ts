import {fieldsOf, Flags, flagsFor, globalFlags, OperationCommand, printResult, type Typed} from '@omni-ops/core/cli'
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
    if (typed.values.csv === true) return super.print(output, {...typed, format: 'csv'})
    if (typed.format !== undefined || !this.terminal.stdout.isTerminal) return super.print(output, typed)
    this.stopProgress()
    await printResult(output, undefined, {rows: 'rows', columns: usedColumns(output.rows)}, this.terminal)
  }
}

/** A person needs no columns of zeros: most have never transcribed anything, or had a call without a price. */
function usedColumns(rows: OperationOutput<typeof usage>['rows']): readonly string[] {
  const always = new Set(['name', 'calls', 'cost_usd'])
  return usage.cli.columns!.filter(name => always.has(name) || rows.some(row => row[name as keyof typeof row] !== 0))
}
