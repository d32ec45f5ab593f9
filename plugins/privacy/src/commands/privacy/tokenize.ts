import {argsFor, fieldsOf, flagsFor, globalFlags, OperationCommand, type Typed} from '@omni-ops/core/cli'
import {tokenize} from '../../operations/tokenize.ts'
import {readLines} from '../../presentation/lines.ts'

const fields = fieldsOf(tokenize)

/** Reads one value per line from stdin where `-` is given: what is typed as an argument is seen by other users of the machine. */
export default class PrivacyTokenize extends OperationCommand<typeof tokenize> {
  static override summary = tokenize.summary
  static override description = tokenize.description ?? ''
  static override examples = [...tokenize.cli.examples]
  static override flags = flagsFor(fields)
  static override args = argsFor(fields, tokenize.cli.args ?? [])
  static override strict = true
  static override baseFlags = globalFlags
  protected readonly operation = tokenize
  protected readonly fields = fields

  protected override async input(typed: Typed): Promise<Record<string, unknown>> {
    const values = typed.values.values as readonly string[] | undefined
    if (values?.length !== 1 || values[0] !== '-') return super.input(typed)
    const lines = await readLines(process.stdin, this.signal)
    return super.input({...typed, values: {...typed.values, values: lines}})
  }
}
