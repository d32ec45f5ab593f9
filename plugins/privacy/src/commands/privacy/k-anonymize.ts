import {Args, Flags, OmniCommand, openSink, printResult, type Typed, UsageError} from '@omni-ops/core/cli'
import {ExitCode} from '@omni-ops/core/operation'
import type {Anonymization} from '../../anonymity/anonymize.ts'
import {kAnonymize} from '../../operations/k-anonymize.ts'
import type {CsvTable} from '../../table/table-source.ts'

/** The table stays on this machine: it is read twice, row by row, and never sent anywhere. */
export default class PrivacyKAnonymize extends OmniCommand {
  static override summary = kAnonymize.summary
  static override description = kAnonymize.description ?? ''
  static override examples = [...kAnonymize.cli.examples]
  static override args = {
    table: Args.string({description: 'A CSV file with a header', required: true, ignoreStdin: true}),
  }
  static override flags = {
    hierarchies: Flags.string({
      description:
        'The directory of hierarchy files, NAME.csv or …_hierarchy_NAME.csv; without --quasi-identifier all that fit',
      helpValue: 'DIR',
    }),
    'quasi-identifier': Flags.string({
      description:
        'A column by which somebody could be recognised, with =interval:WIDTH, =redaction, =date or =suppression to generate its hierarchy',
      helpValue: 'NAME[=KIND]',
      multiple: true,
      multipleNonGreedy: true,
    }),
    sensitive: Flags.string({
      description:
        'Limit what a class shows of a column: =distinct:L, =entropy:L, =recursive:L:C, =t-closeness:T[:equal|ordered|hierarchical]',
      helpValue: 'NAME=MODEL',
      multiple: true,
      multipleNonGreedy: true,
    }),
    person: Flags.string({
      description: 'The column that names the person of a row; it is not published',
      helpValue: 'NAME',
    }),
    subset: Flags.string({
      description: 'The column that tells rows of the table (1) from the population around it (0)',
      helpValue: 'NAME',
    }),
    presence: Flags.string({
      description: 'δ-presence: which share of a class may be in the table',
      helpValue: 'MIN:MAX',
    }),
    keep: Flags.string({
      description: 'Publish this column as it is',
      helpValue: 'NAME',
      multiple: true,
      multipleNonGreedy: true,
    }),
    k: Flags.string({
      description: 'The least number of persons behind each combination of values [default: 5]',
      helpValue: 'N',
    }),
    suppression: Flags.string({description: 'The share of rows that may be left out [default: 0]', helpValue: 'SHARE'}),
    algorithm: Flags.option({
      options: ['optimal', 'mondrian'] as const,
      description: 'The global optimum over the hierarchies, or a quick partition of large tables [default: optimal]',
    })(),
    objective: Flags.option({
      options: ['entropy', 'entropy-with-suppression', 'discernibility', 'discernibility-star', 'loss'] as const,
      description: 'What the optimum minimises [default: loss]',
    })(),
    'risk-threshold': Flags.string({
      description: 'A risk of re-identification above this counts as at risk [default: 0.2]',
      helpValue: 'SHARE',
    }),
    delimiter: Flags.string({
      description: 'What separates the cells [default: found in the header]',
      helpValue: 'CHAR',
    }),
    out: Flags.string({description: 'Write the table to this file, or - for stdout', helpValue: 'FILE'}),
    'dry-run': Flags.boolean({description: 'Only report; write nothing'}),
  }

  protected async execute(typed: Typed): Promise<ExitCode> {
    const {table: path, out, 'dry-run': dryRun} = typed.values as {table?: string; out?: string; 'dry-run'?: boolean}
    if (path === undefined) throw new UsageError('Missing TABLE', {hint: `${this.commandLine} patients.csv …`})
    if (out === undefined && !dryRun)
      throw new UsageError('Missing --out', {hint: 'or --dry-run to see the report alone'})
    if (out === '-' && typed.format !== undefined) throw new UsageError('--out - and --output both claim stdout')
    const context = await this.context(kAnonymize.id, typed)
    const [{openCsv}, {anonymize}, {searchProgress}] = await Promise.all([
      import('../../table/table-source.ts'),
      import('../../anonymity/anonymize.ts'),
      import('../../handlers/search-progress.ts'),
    ])
    const source = await openCsv(path, typed.values.delimiter as string | undefined)
    const request = await this.#request(typed, source)
    const result = await anonymize(source, request, {signal: this.signal, onProgress: searchProgress(context)})
    if (!dryRun && out !== undefined) await this.#write(result, source.delimiter, out)
    this.stopProgress()
    await this.#report(result, typed, dryRun ? undefined : out)
    return ExitCode.done
  }

  async #request({values}: Typed, source: CsvTable) {
    const [flags, {checked}, {AnonymizationInput}, {requestFrom}] = await Promise.all([
      import('../../command-line/anonymization-flags.ts'),
      import('../../command-line/checked.ts'),
      import('../../operations/anonymization-schemas.ts'),
      import('../../handlers/anonymization-request.ts'),
    ])
    const text = (name: string) => values[name] as string | undefined
    const list = (name: string) => (values[name] as string[] | undefined) ?? []
    const directory = text('hierarchies')
    const share = (name: string) => (text(name) === undefined ? undefined : flags.parseShare(`--${name}`, text(name)!))
    const presence = text('presence') === undefined ? undefined : flags.parseRange('--presence', text('presence')!)
    return requestFrom(
      checked(AnonymizationInput, {
        quasi_identifiers: await flags.quasiIdentifiersFrom(list('quasi-identifier'), directory, source.header),
        sensitive: await Promise.all(list('sensitive').map(each => flags.parseSensitive(each, directory))),
        person: text('person'),
        subset: text('subset'),
        presence: presence && {
          minimum: flags.parseShare('--presence', presence[0]),
          maximum: flags.parseShare('--presence', presence[1]),
        },
        keep: list('keep'),
        k: text('k') === undefined ? undefined : flags.parseWhole('--k', text('k')!),
        suppression: share('suppression'),
        algorithm: values.algorithm as 'optimal' | undefined,
        objective: values.objective as 'entropy' | undefined,
        risk_threshold: share('risk-threshold'),
      }),
    )
  }

  async #write(result: Anonymization, delimiter: string, out: string): Promise<void> {
    const {csvLine} = await import('../../table/table-source.ts')
    const sink = await openSink(out)
    try {
      await sink.write(`${csvLine(result.header, delimiter)}\n`)
      for await (const row of result.rows(this.signal)) await sink.write(`${csvLine(row, delimiter)}\n`)
      await sink.finish()
    } catch (error) {
      await sink.discard()
      throw error
    }
  }

  async #report({report}: Anonymization, typed: Typed, destination: string | undefined): Promise<void> {
    if (typed.format !== undefined) {
      const {reportOutput} = await import('../../handlers/anonymization-request.ts')
      await printResult(reportOutput(report), typed.format, {rows: 'attributes'}, this.terminal)
      return
    }
    const {describeAnonymization} = await import('../../command-line/describe-anonymization.ts')
    const text = describeAnonymization(report, destination)
    if (destination !== '-') this.terminal.stdout.write(text)
    else if (!typed.quiet) this.terminal.stderr.write(text)
  }
}
