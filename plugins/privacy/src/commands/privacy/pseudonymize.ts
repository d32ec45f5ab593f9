import {resolve} from 'node:path'
import {Args, Flags, globalFlags, OmniCommand, type Typed, UsageError} from '@omni-ops/core/cli'
import {ExitCode, parseInput} from '@omni-ops/core/operation'
import {pseudonymize} from '../../operations/pseudonymize.ts'
import {fileFlags, fileOptions} from '../../presentation/file-flags.ts'

/** Pseudonymises a file where the user is. */
export default class PrivacyPseudonymize extends OmniCommand {
  static override summary = pseudonymize.summary
  static override description = pseudonymize.description ?? ''
  static override examples = [...pseudonymize.cli.examples]
  static override strict = true
  static override args = {
    path: Args.string({description: 'The file, or - for stdin', required: true, ignoreStdin: true}),
  }
  static override flags = {
    ...fileFlags,
    column: Flags.string({
      char: 'c',
      description: 'Replace the values of this column or key whole',
      helpValue: 'NAME',
      multiple: true,
      multipleNonGreedy: true,
    }),
    detect: Flags.boolean({description: 'Look for personal data in everything else too'}),
    domain: Flags.string({
      description: 'Whom it is for: each domain has a key of its own [default: default]',
      helpValue: 'NAME',
    }),
    out: Flags.string({description: 'Where to write; stdout by default', helpValue: 'FILE'}),
  }
  static override baseFlags = globalFlags

  protected async execute(typed: Typed): Promise<ExitCode> {
    const {values} = typed
    const path = values.path as string | undefined
    if (path === undefined)
      throw new UsageError('Missing PATH', {hint: `${this.commandLine} orders.csv --column email`})
    const {domain} = parseInput(pseudonymize, {
      values: [''],
      ...(values.domain === undefined ? {} : {domain: values.domain}),
    })
    const context = await this.context(pseudonymize.id, typed)
    const [{pseudonymizeFile}, {decodePieces, readPieces}, {fileSink, standardSink}, {formatOf}] = await Promise.all([
      import('../../files/pseudonymize-file.ts'),
      import('../../files/read-pieces.ts'),
      import('../../files/write-pieces.ts'),
      import('../../formats/format.ts'),
    ])
    const at = (name: string) => resolve(context.workingDirectory, name)
    const options = fileOptions(values)
    const out = values.out as string | undefined
    const fields = (values.column as string[] | undefined) ?? []
    let done = 0
    const reading = {
      name: path === '-' ? 'stdin' : path,
      signal: this.signal,
      read: (bytes: number) => {
        done += bytes
        context.emit({type: 'progress', label: 'Pseudonymising', done, unit: 'bytes'})
      },
    }
    const counts = await pseudonymizeFile(
      {
        ...options,
        format: options.format ?? (path === '-' ? 'text' : formatOf(path)),
        pieces: path === '-' ? decodePieces(process.stdin, reading) : readPieces(at(path), reading),
        sink: out === undefined || out === '-' ? standardSink(process.stdout) : fileSink(at(out), context.random.id()),
        fields,
        detect: values.detect === true || fields.length === 0,
        domain,
      },
      context,
    )
    this.stopProgress()
    if (!typed.quiet) {
      const told = Object.entries(counts).map(([kind, count]) => `${count} ${kind}`)
      this.terminal.stderr.write(`${told.length > 0 ? `Replaced ${told.join(', ')}` : 'Nothing to replace'}\n`)
    }
    return ExitCode.done
  }
}
