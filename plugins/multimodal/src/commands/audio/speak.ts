import {
  argsFor,
  fieldsOf,
  Flags,
  flagsFor,
  globalFlags,
  OperationCommand,
  type Typed,
  UsageError,
} from '@omni-ops/core/cli'
import type {OperationOutput} from '@omni-ops/core/operation'
import {audioSpeak} from '../../operations/audio-speak.ts'

const fields = fieldsOf(audioSpeak)
const {output: _, ...ownFlags} = globalFlags
const formats: readonly string[] = audioSpeak.input.shape.format.unwrap().options

/** Speaks into a file, whose name says its kind. Nothing is paid for where the file cannot be written. */
export default class AudioSpeak extends OperationCommand<typeof audioSpeak> {
  static override summary = audioSpeak.summary
  static override description = audioSpeak.description ?? ''
  static override usage = '<%= command.id %> TEXT -o FILE [FLAGS]'
  static override examples = [...audioSpeak.cli.examples]
  static override baseFlags = ownFlags as typeof globalFlags
  static override args = argsFor(fields, audioSpeak.cli.args ?? [])
  static override flags = {
    ...flagsFor(fields),
    out: Flags.string({char: 'o', summary: 'The file to write, or - for stdout', helpValue: 'FILE'}),
    force: Flags.boolean({summary: 'Overwrite the file'}),
  }
  protected readonly operation = audioSpeak
  protected readonly fields = fields

  protected override async input(typed: Typed): Promise<Record<string, unknown>> {
    const {out, force = false} = typed.values as {out?: string; force?: boolean}
    if (out === undefined && typed.format === undefined) {
      throw new UsageError('-o is missing: which file? Try: -o speech.mp3')
    }
    if (out === '-' && this.terminal.stdout.isTerminal) throw new UsageError('A terminal cannot play sound: -o FILE')
    const input = await super.input(typed)
    if (out === undefined || out === '-') return input
    const {assertWritable} = await import('../../media/write-output.ts')
    await assertWritable(out, {workingDirectory: process.cwd(), force})
    const extension = /\.([a-z0-9]+)$/i.exec(out)?.[1]?.toLowerCase()
    const format = extension === 'ogg' ? 'opus' : extension
    if (format === undefined || !formats.includes(format)) {
      throw new UsageError(
        `The name of ${out} says no kind of sound: take ${formats.map(each => `.${each}`).join(', ')}`,
      )
    }
    return {...input, format}
  }

  protected override async print(output: OperationOutput<typeof audioSpeak>, typed: Typed): Promise<void> {
    const {out, force = false} = typed.values as {out?: string; force?: boolean}
    this.stopProgress()
    const bytes = Buffer.from(output.audio, 'base64')
    if (out === '-') {
      await new Promise<void>((resolve, reject) =>
        process.stdout.write(bytes, error => (error ? reject(error) : resolve())),
      )
      return
    }
    if (out === undefined) return super.print(output, typed)
    const context = await this.context(audioSpeak.id, typed)
    const {writeOutput} = await import('../../media/write-output.ts')
    await writeOutput(out, bytes, {...context, force})
    // The file has the sound: what is printed needs it no second time.
    if (typed.format !== undefined) return super.print({...output, audio: ''}, typed)
    const seconds = output.duration === null ? '' : `, ${output.duration.toFixed(1)} s`
    const cost = output.cost_usd === null ? 'price unknown' : `$${output.cost_usd}`
    this.terminal.stderr.write(`${out}: ${output.provider} ${output.voice}${seconds}, ${cost}\n`)
    if (output.words.length === 0) return
    const {stdout} = this.terminal
    for (const {word, start, end} of output.words) stdout.write(`${start.toFixed(3)}\t${end.toFixed(3)}\t${word}\n`)
  }
}
