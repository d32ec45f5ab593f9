import {resolve} from 'node:path'
import {Args, Flags, globalFlags, OmniCommand, type Typed, UsageError} from '@omni-ops/core/cli'
import {ExitCode} from '@omni-ops/core/operation'
import type {MaskStyle} from '../../mask/replacement.ts'
import {mask} from '../../operations/mask.ts'
import {maskStyles} from '../../operations/schemas.ts'
import {fileFlags, fileOptions} from '../../presentation/file-flags.ts'

/** Masks a file where the user is. */
export default class PrivacyMask extends OmniCommand {
  static override summary = mask.summary
  static override description = mask.description ?? ''
  static override examples = [...mask.cli.examples]
  static override strict = true
  static override args = {
    path: Args.string({description: 'The file, or - for stdin', required: true, ignoreStdin: true}),
  }
  static override flags = {
    ...fileFlags,
    style: Flags.string({
      char: 's',
      description: '[PERSON_1], [PERSON], ****1111, or one █ per character [default: numbered]',
      options: [...maskStyles],
      helpValue: maskStyles.join('|'),
    }),
    out: Flags.string({description: 'Where to write; stdout by default', helpValue: 'FILE'}),
    map: Flags.string({description: 'Keep what is replaced, encrypted, in this file', helpValue: 'FILE'}),
  }
  static override baseFlags = globalFlags

  protected async execute(typed: Typed): Promise<ExitCode> {
    const {values} = typed
    const path = values.path as string | undefined
    if (path === undefined) throw new UsageError('Missing PATH', {hint: `${this.commandLine} letter.txt`})
    const context = await this.context(mask.id, typed)
    const [{maskFile}, {decodePieces, readPieces}, {fileSink, standardSink}, {formatOf}] = await Promise.all([
      import('../../files/mask-file.ts'),
      import('../../files/read-pieces.ts'),
      import('../../files/write-pieces.ts'),
      import('../../formats/format.ts'),
    ])
    const at = (name: string) => resolve(context.workingDirectory, name)
    const options = fileOptions(values)
    const out = values.out as string | undefined
    const map = values.map as string | undefined
    let done = 0
    const reading = {
      name: path === '-' ? 'stdin' : path,
      signal: this.signal,
      read: (bytes: number) => {
        done += bytes
        context.emit({type: 'progress', label: 'Masking', done, unit: 'bytes'})
      },
    }
    const counts = await maskFile(
      {
        ...options,
        format: options.format ?? (path === '-' ? 'text' : formatOf(path)),
        pieces: path === '-' ? decodePieces(process.stdin, reading) : readPieces(at(path), reading),
        sink: out === undefined || out === '-' ? standardSink(process.stdout) : fileSink(at(out), context.random.id()),
        style: (values.style as MaskStyle | undefined) ?? 'numbered',
        ...(map === undefined ? {} : {map: at(map)}),
      },
      context,
    )
    this.stopProgress()
    if (!typed.quiet) {
      const told = Object.entries(counts).map(([type, count]) => `${count} ${type}`)
      this.terminal.stderr.write(`${told.length > 0 ? `Replaced ${told.join(', ')}` : 'Nothing found'}\n`)
    }
    return ExitCode.done
  }
}
