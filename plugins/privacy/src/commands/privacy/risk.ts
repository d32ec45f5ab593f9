import {Args, Flags, OmniCommand, printResult, type Typed, UsageError} from '@omni-ops/core/cli'
import {ExitCode} from '@omni-ops/core/operation'
import {risk} from '../../operations/risk.ts'

/** The table stays on this machine. */
export default class PrivacyRisk extends OmniCommand {
  static override summary = risk.summary
  static override description = risk.description ?? ''
  static override examples = [...risk.cli.examples]
  static override args = {
    table: Args.string({description: 'A CSV file with a header', required: true, ignoreStdin: true}),
  }
  static override flags = {
    'quasi-identifier': Flags.string({
      description: 'A column by which somebody could be recognised',
      helpValue: 'NAME',
      multiple: true,
      multipleNonGreedy: true,
    }),
    person: Flags.string({description: 'The column that names the person of a row', helpValue: 'NAME'}),
    subset: Flags.string({
      description: 'The column that tells rows of the table (1) from the population around it (0)',
      helpValue: 'NAME',
    }),
    'risk-threshold': Flags.string({
      description: 'A risk of re-identification above this counts as at risk [default: 0.2]',
      helpValue: 'SHARE',
    }),
    delimiter: Flags.string({
      description: 'What separates the cells [default: found in the header]',
      helpValue: 'CHAR',
    }),
  }

  protected async execute(typed: Typed): Promise<ExitCode> {
    const {table: path, person, subset, delimiter} = typed.values as Record<string, string | undefined>
    const quasiIdentifiers = (typed.values['quasi-identifier'] as string[] | undefined) ?? []
    const missing = [
      ...(path === undefined ? ['TABLE'] : []),
      ...(quasiIdentifiers.length === 0 ? ['--quasi-identifier'] : []),
    ]
    if (path === undefined || missing.length > 0) {
      throw new UsageError(`Missing ${missing.join(' and ')}`, {hint: risk.cli.examples[0] as string})
    }
    const [{openCsv}, {measureRisk}, {parseShare}] = await Promise.all([
      import('../../table/table-source.ts'),
      import('../../anonymity/anonymize.ts'),
      import('../../command-line/anonymization-flags.ts'),
    ])
    const limit = typed.values['risk-threshold'] as string | undefined
    const measured = await measureRisk(
      await openCsv(path, delimiter),
      {quasiIdentifiers, ...(person === undefined ? {} : {person}), ...(subset === undefined ? {} : {subset})},
      {threshold: limit === undefined ? 0.2 : parseShare('--risk-threshold', limit), signal: this.signal},
    )
    if (typed.format !== undefined) {
      const {riskOutput} = await import('../../handlers/anonymization-request.ts')
      await printResult(riskOutput(measured), typed.format, {}, this.terminal)
      return ExitCode.done
    }
    const {describeRisks} = await import('../../command-line/describe-anonymization.ts')
    this.terminal.stdout.write(`${describeRisks([measured]).join('\n')}\n`)
    return ExitCode.done
  }
}
