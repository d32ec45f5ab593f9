import {resolve} from 'node:path'
import {Args, Flags, globalFlags, OmniCommand, type Typed, UsageError} from '@omni-ops/core/cli'
import {ExitCode} from '@omni-ops/core/operation'
import type {MaskStyle} from '../../mask/replacement.ts'
import {mask} from '../../operations/mask.ts'
import {maskStyles} from '../../operations/schemas.ts'
import {fileFlags, fileOptions} from '../../presentation/file-flags.ts'
import {copyTarget, printCopied, replacedLine} from '../../presentation/copied.ts'
import {fileStreams, kindToRewrite} from '../../presentation/file-streams.ts'

const copiers = {
  sqlite: async () => (await import('../../files/mask-sqlite.ts')).maskSqlite,
  docx: async () => (await import('../../files/mask-docx.ts')).maskDocx,
  pdf: async () => (await import('../../files/mask-pdf.ts')).maskPdf,
  mail: async () => (await import('../../mail/mask-mail.ts')).maskMail,
} as const

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
    const options = fileOptions(values)
    const kind = await kindToRewrite(path, options.format, context)
    const map = values.map as string | undefined
    const masking = {
      ...options,
      style: (values.style as MaskStyle | undefined) ?? (kind === 'pdf' ? 'block' : 'numbered'),
      ...(map === undefined ? {} : {map: resolve(context.workingDirectory, map)}),
    }
    const out = values.out as string | undefined
    if (kind !== 'text' && kind !== 'binary') {
      const from = {path: resolve(context.workingDirectory, path), name: path, out: copyTarget(out, path, context)}
      const maskCopy = await copiers[kind]()
      const report = await maskCopy({...masking, ...from}, context)
      this.stopProgress()
      return printCopied(report, typed, this.terminal)
    }
    const streams = await fileStreams({path, out, format: options.format, label: 'Masking'}, context)
    const {maskFile} = await import('../../files/mask-file.ts')
    const counts = await maskFile({...masking, ...streams}, context)
    this.stopProgress()
    if (!typed.quiet) this.terminal.stderr.write(`${replacedLine(counts)}\n`)
    return ExitCode.done
  }
}
