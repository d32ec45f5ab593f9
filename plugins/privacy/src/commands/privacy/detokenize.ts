import {argsFor, fieldsOf, flagsFor, globalFlags, OperationCommand, type Typed} from '@omni-ops/core/cli'
import {detokenize} from '../../operations/detokenize.ts'
import {readLines} from '../../presentation/lines.ts'

const fields = fieldsOf(detokenize)

/** Reads one value per line from stdin where `-` is given: what is typed as an argument is seen by other users of the machine. */
export default class PrivacyDetokenize extends OperationCommand<typeof detokenize> {
  static override summary = detokenize.summary
  static override description = detokenize.description ?? ''
  static override examples = [...detokenize.cli.examples]
  static override flags = flagsFor(fields)
  static override args = argsFor(fields, detokenize.cli.args ?? [])
  static override strict = true
  static override baseFlags = globalFlags
  protected readonly operation = detokenize
  protected readonly fields = fields

  protected override async input(typed: Typed): Promise<Record<string, unknown>> {
    const tokens = typed.values.tokens as readonly string[] | undefined
    if (tokens?.length !== 1 || tokens[0] !== '-') return super.input(typed)
    const lines = await readLines(process.stdin, this.signal)
    return super.input({...typed, values: {...typed.values, tokens: lines}})
  }
}
