import {Args, Flags, globalFlags, OmniCommand, printResult, type Typed, UsageError} from '@omni-ops/core/cli'
import {ExitCode} from '@omni-ops/core/operation'
import type {ScanSummary} from '../../files/scan-files.ts'
import {fileFlags, fileOptions} from '../../presentation/file-flags.ts'
import {scan} from '../../operations/scan.ts'

/** Reads files where the user is: personal data does not travel to be found. */
export default class PrivacyScan extends OmniCommand {
  static override summary = scan.summary
  static override description = scan.description ?? ''
  static override examples = [...scan.cli.examples]
  static override strict = true
  static override args = {
    path: Args.string({
      description: 'Files, directories, databases, or - for stdin',
      required: true,
      multiple: true,
      ignoreStdin: true,
    }),
  }
  static override flags = {
    ...fileFlags,
    'show-values': Flags.boolean({description: 'Print what was found in full'}),
    fail: Flags.boolean({description: 'Exit with 7 where anything is found'}),
  }
  static override baseFlags = globalFlags

  protected async execute(typed: Typed): Promise<ExitCode> {
    const paths = typed.values.path as string[] | undefined
    if (!paths || paths.length === 0) throw new UsageError('Missing PATH', {hint: `${this.commandLine} ./letters`})
    const context = await this.context(scan.id, typed)
    const {scanFiles} = await import('../../files/scan-files.ts')
    const summary = await scanFiles(
      {
        paths,
        ...fileOptions(typed.values),
        showValues: typed.values['show-values'] === true,
        standardInput: () => process.stdin,
      },
      context,
    )
    this.stopProgress()
    await this.#print(summary, typed)
    if (typed.values.fail === true && summary.found > 0) return ExitCode.gateFailed
    return summary.unread.length > 0 ? ExitCode.partial : ExitCode.done
  }

  async #print(summary: ScanSummary, typed: Typed): Promise<void> {
    for (const {source, reason} of summary.unread) this.terminal.stderr.write(`Warning: ${source}: ${reason}\n`)
    const layout = {rows: 'spans', columns: ['source', 'where', 'type', 'score', 'value']}
    await printResult(summary, typed.format, layout, this.terminal)
    if (typed.format !== undefined || typed.quiet) return
    const counts = Object.entries(summary.counts).map(([type, count]) => `${count} ${type}`)
    const cut = summary.found > summary.spans.length ? `, the first ${summary.spans.length} shown` : ''
    this.terminal.stderr.write(
      `${summary.found} found in ${summary.files} files, ${summary.bytes} bytes${cut}${counts.length > 0 ? `: ${counts.join(', ')}` : ''}\n`,
    )
  }
}
