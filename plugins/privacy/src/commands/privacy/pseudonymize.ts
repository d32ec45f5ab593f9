import {Args, Flags, globalFlags, OmniCommand, type Typed, UsageError} from '@omni-ops/core/cli'
import {ExitCode, parseInput} from '@omni-ops/core/operation'
import {alphabetNames, pseudonymMethods} from '../../operations/schemas.ts'
import {pseudonymize} from '../../operations/pseudonymize.ts'
import {fileFlags, fileOptions} from '../../presentation/file-flags.ts'
import {fileStreams} from '../../presentation/file-streams.ts'

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
    method: Flags.string({
      description: 'A keyed hash, or FF1, which keeps the form [default: hmac]',
      options: [...pseudonymMethods],
      helpValue: pseudonymMethods.join('|'),
    }),
    alphabet: Flags.string({
      description: 'What ff1 encrypts; separators stay [default: digits]',
      options: [...alphabetNames],
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
    const given = Object.entries({domain: values.domain, method: values.method, alphabet: values.alphabet})
    const {domain, method, alphabet} = parseInput(pseudonymize, {
      values: [''],
      ...Object.fromEntries(given.filter(([, value]) => value !== undefined)),
    })
    const context = await this.context(pseudonymize.id, typed)
    const options = fileOptions(values)
    const fields = (values.column as string[] | undefined) ?? []
    const streams = await fileStreams(
      {path, out: values.out as string | undefined, format: options.format, label: 'Pseudonymising'},
      context,
    )
    const {pseudonymizeFile} = await import('../../files/pseudonymize-file.ts')
    const counts = await pseudonymizeFile(
      {
        ...options,
        ...streams,
        fields,
        detect: values.detect === true || fields.length === 0,
        domain,
        method,
        alphabet,
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
