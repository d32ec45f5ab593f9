import {
  argsFor,
  type Field,
  fieldsOf,
  Flags,
  flagsFor,
  globalFlags,
  jsonFile,
  printable,
  readStandardInputBytes,
  StreamedCommand,
  type Typed,
  UsageError,
} from '@omni-ops/core/cli'
import type {OperationOutput} from '@omni-ops/core/operation'
import {ask} from '../../operations/ask.ts'

const fields = fieldsOf(ask)

const given = {positional: false, kind: 'text', required: false, description: ''} as const

/** What the command reads itself, so that errors name the flag. */
const readFields: readonly Field[] = [
  {...given, name: 'images', flag: 'image', many: true},
  {...given, name: 'schema', flag: 'schema', many: false},
  {...given, name: 'tools', flag: 'tools', many: false},
]

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
        'A picture that belongs to the prompt: PNG, JPEG, WebP or GIF, a file, an http(s) address or - for stdin; may be repeated',
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
  protected readonly fields = [...fields, ...readFields]

  protected override async input(typed: Typed): Promise<Record<string, unknown>> {
    const {image, schema, tools} = typed.values as {image?: string[]; schema?: string; tools?: string}
    if (image && [...image, typed.values.prompt].filter(each => each === '-').length > 1) {
      throw new UsageError('stdin is one thing: a picture or the prompt', {hint: 'name one of them otherwise than -'})
    }
    const input = await super.input(typed)
    if (image) {
      const read = await Promise.all(image.map(each => this.#readImage(each)))
      input.images = read.map(({mediaType, bytes}) => ({
        media_type: mediaType,
        data: Buffer.from(bytes).toString('base64'),
      }))
    }
    if (schema !== undefined) input.schema = jsonFile(schema)
    if (tools !== undefined) input.tools = jsonFile(tools)
    return input
  }

  protected override readsPiped({values}: Typed): boolean {
    return !(values.image as readonly string[] | undefined)?.includes('-')
  }

  async #readImage(source: string) {
    if (/^https?:/i.test(source)) {
      const {readImageUrl} = await import('../../asking/image-url.ts')
      return readImageUrl(source, {signal: this.signal})
    }
    const {largestImage, readImageFile, readImageOf} = await import('../../asking/image-file.ts')
    if (source === '-') return readImageOf(await readStandardInputBytes(largestImage, this.signal), 'stdin')
    return readImageFile(source)
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
    if (!stdout.isTerminal) {
      const lack = lackOf(output)
      if (lack !== undefined) this.terminal.stderr.write(`Warning: ${lack}\n`)
      return
    }
    const {answerLine} = await import('../../presentation/answer-line.ts')
    stdout.write(`${answerLine(output, this.terminal)}\n`)
  }
}

/** What a reader of the text alone would not know of it. */
function lackOf({text, tool_calls, finish_reason}: OperationOutput<typeof ask>): string | undefined {
  if (finish_reason === 'length') return 'the answer is cut off by the limit on tokens; raise --max-tokens'
  if (finish_reason === 'content-filter') return 'the answer was stopped by a filter of the provider'
  return text === '' && tool_calls.length === 0 ? 'the answer is empty' : undefined
}
