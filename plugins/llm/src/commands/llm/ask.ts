import {
  argsFor,
  fieldsOf,
  Flags,
  flagsFor,
  globalFlags,
  jsonFile,
  printable,
  readStandardInput,
  StreamedCommand,
  type Typed,
} from '@omni-ops/core/cli'
import type {OperationOutput} from '@omni-ops/core/operation'
import type {ImageFile} from '../../asking/image-file.ts'
import {ask} from '../../operations/ask.ts'

const fields = fieldsOf(ask)

/** Asks once. Files and addresses are read where the user is; on a terminal the answer is shown as it is written. */
export default class LlmAsk extends StreamedCommand<typeof ask> {
  static override summary = ask.summary
  static override description = ask.description ?? ''
  static override usage = '<%= command.id %> PROMPT [FLAGS]'
  static override examples = [...ask.cli.examples]
  static override baseFlags = globalFlags
  static override args = argsFor(fields, ask.cli.args ?? [])
  static override flags = {
    ...flagsFor(fields),
    image: Flags.string({
      summary:
        'A picture that belongs to the prompt: PNG, JPEG, WebP or GIF, a file or an http(s) address; may be repeated',
      helpValue: 'FILE|URL',
      multiple: true,
      multipleNonGreedy: true,
    }),
    schema: Flags.string({summary: 'JSON schema that the answer has to satisfy', helpValue: 'FILE'}),
    tools: Flags.string({
      summary: 'Tools that the model may ask for, as JSON: [{name, description, input_schema}]',
      helpValue: 'FILE',
    }),
    stream: Flags.boolean({summary: 'Show the answer as it is written; on a terminal by default', allowNo: true}),
  }
  protected readonly operation = ask
  protected readonly fields = fields

  protected override async input(typed: Typed): Promise<Record<string, unknown>> {
    const {image, schema, tools} = typed.values as {image?: string[]; schema?: string; tools?: string}
    const input = await super.input(await this.#withPiped(typed))
    if (image) {
      const read = await Promise.all(image.map(readImage))
      input.images = read.map(({mediaType, bytes}) => ({
        media_type: mediaType,
        data: Buffer.from(bytes).toString('base64'),
      }))
    }
    if (schema !== undefined) input.schema = jsonFile(schema)
    if (tools !== undefined) input.tools = jsonFile(tools)
    return input
  }

  /** Without a prompt it is what comes by a pipe; nothing there is as good as none. */
  async #withPiped(typed: Typed): Promise<Typed> {
    if (typed.values.prompt !== undefined || process.stdin.isTTY) return typed
    const prompt = await readStandardInput(this.signal)
    return prompt === '' ? typed : {...typed, values: {...typed.values, prompt}}
  }

  protected override streams(typed: Typed): boolean {
    return (typed.values.stream as boolean | undefined) ?? this.terminal.stdout.isTerminal
  }

  protected override async print(output: OperationOutput<typeof ask>, typed: Typed): Promise<void> {
    if (typed.format !== undefined) return super.print(output, typed)
    this.stopProgress()
    const {stdout} = this.terminal
    const asked = output.tool_calls.map(({name, input}) => `${name}(${input})`)
    const text = this.hasStreamed ? '' : printable(output.text)
    const lines = [...(text === '' ? [] : [text]), ...asked.map(printable)]
    if (this.hasStreamed || lines.length > 0) stdout.write(`${lines.join('\n')}\n`)
    if (!stdout.isTerminal) return
    const {answerLine} = await import('../../presentation/answer-line.ts')
    stdout.write(`${answerLine(output, this.terminal)}\n`)
  }
}

async function readImage(source: string): Promise<ImageFile> {
  if (/^https?:/i.test(source)) {
    const {readImageUrl} = await import('../../asking/image-url.ts')
    return readImageUrl(source)
  }
  const {readImageFile} = await import('../../asking/image-file.ts')
  return readImageFile(source)
}
