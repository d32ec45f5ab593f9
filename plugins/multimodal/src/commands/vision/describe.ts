import {readFile} from 'node:fs/promises'
import {
  Args,
  fieldsOf,
  Flags,
  flagsFor,
  globalFlags,
  OperationCommand,
  printable,
  type Typed,
  UsageError,
} from '@omni-ops/core/cli'
import {invoke, type OperationOutput} from '@omni-ops/core/operation'
import {describe} from '../../operations/describe.ts'

const fields = fieldsOf(describe)

/** Reads files, stdin and URLs where the user is; on a terminal the answer is shown as it is written. */
export default class VisionDescribe extends OperationCommand<typeof describe> {
  static override summary = describe.summary
  static override description = describe.description ?? ''
  static override usage = '<%= command.id %> FILE... [FLAGS]'
  static override examples = [...describe.cli.examples]
  static override strict = true
  static override baseFlags = globalFlags
  static override args = {
    file: Args.string({
      description: 'Pictures and PDFs: files, http(s) URLs, or - for stdin',
      required: true,
      multiple: true,
      ignoreStdin: true,
    }),
  }
  static override flags = {
    ...flagsFor(fields),
    schema: Flags.string({summary: 'JSON schema that the answer has to satisfy', helpValue: 'FILE'}),
  }
  protected readonly operation = describe
  protected readonly fields = fields
  #streamed = false

  protected override async input(typed: Typed): Promise<Record<string, unknown>> {
    const {file, schema} = typed.values as {file?: string[]; schema?: string}
    if (!file || file.length === 0) throw new UsageError('Missing FILE', {hint: `${this.commandLine} photo.jpg`})
    const input = await super.input(typed)
    if (schema !== undefined) input.schema = await jsonFile(schema)
    const {filesToSend} = await import('../../media/files-to-send.ts')
    const context = await this.context(describe.id, typed)
    input.files = await filesToSend(file, {keepMetadata: input.keep_exif === true}, context)
    return input
  }

  protected override async call(input: Record<string, unknown>, typed: Typed) {
    const streams = typed.format === undefined && this.terminal.stdout.isTerminal && input.schema === undefined
    const context = await this.context(describe.id, typed)
    const emit: typeof context.emit = event => {
      if (event.type === 'delta' && !streams) return
      if (event.type === 'delta') this.#streamed = true
      context.emit(event)
    }
    return invoke(describe, input as never, {...context, emit})
  }

  protected override async print(output: OperationOutput<typeof describe>, typed: Typed): Promise<void> {
    if (typed.format !== undefined) return super.print(output, typed)
    this.stopProgress()
    const {stdout, stderr} = this.terminal
    const data = output.json === null ? undefined : JSON.stringify(output.json, null, 2)
    stdout.write(this.#streamed ? '\n' : `${data ?? printable(output.text)}\n`)
    if (output.truncated) stderr.write('Warning: the answer was cut off; --max-tokens raises the limit\n')
    if (!stdout.isTerminal) return
    const cost = output.cost_usd === null ? 'price unknown' : `$${output.cost_usd}`
    stderr.write(`${printable(output.model)} (${printable(output.provider)}), ${cost}\n`)
  }
}

async function jsonFile(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8'))
  } catch (error) {
    throw new UsageError(`${path} is no JSON file: ${(error as Error).message}`)
  }
}
