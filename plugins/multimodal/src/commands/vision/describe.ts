import {
  fieldsOf,
  Flags,
  flagsFor,
  globalFlags,
  jsonFile,
  printable,
  StreamedCommand,
  type Typed,
} from '@omni-ops/core/cli'
import type {OperationOutput} from '@omni-ops/core/operation'
import {pictureArgument, picturesOf} from '../../presentation/picture-argument.ts'
import {describe} from '../../operations/describe.ts'

const fields = fieldsOf(describe)

/** Reads files, stdin and URLs where the user is; on a terminal the answer is shown as it is written. */
export default class VisionDescribe extends StreamedCommand<typeof describe> {
  static override summary = describe.summary
  static override description = describe.description ?? ''
  static override usage = '<%= command.id %> FILE... [FLAGS]'
  static override examples = [...describe.cli.examples]
  static override strict = true
  static override baseFlags = globalFlags
  static override args = pictureArgument
  static override flags = {
    ...flagsFor(fields),
    schema: Flags.string({summary: 'JSON schema that the answer has to satisfy', helpValue: 'FILE'}),
  }
  protected readonly operation = describe
  protected readonly fields = fields

  protected override async input(typed: Typed): Promise<Record<string, unknown>> {
    const {schema} = typed.values as {schema?: string}
    const input = await super.input(typed)
    if (schema !== undefined) input.schema = jsonFile(schema)
    const {filesToSend} = await import('../../media/files-to-send.ts')
    const context = await this.context(describe.id, typed)
    input.files = await filesToSend(
      picturesOf(typed, `${this.commandLine} photo.jpg`),
      {keepMetadata: input.keep_exif === true},
      context,
    )
    return input
  }

  protected override streams(_typed: Typed, input: Readonly<Record<string, unknown>>): boolean {
    return this.terminal.stdout.isTerminal && input.schema === undefined
  }

  protected override async print(output: OperationOutput<typeof describe>, typed: Typed): Promise<void> {
    if (typed.format !== undefined) return super.print(output, typed)
    this.stopProgress()
    const {stdout, stderr} = this.terminal
    const data = output.json === null ? undefined : JSON.stringify(output.json, null, 2)
    stdout.write(this.hasStreamed ? '\n' : `${data ?? printable(output.text)}\n`)
    if (output.truncated) stderr.write('Warning: the answer was cut off; --max-tokens raises the limit\n')
    if (!stdout.isTerminal) return
    const cost = output.cost_usd === null ? 'price unknown' : `$${output.cost_usd}`
    stderr.write(`${printable(output.model)} (${printable(output.provider)}), ${cost}\n`)
  }
}
