import {Args, Flags, OmniCommand, printResult, type Typed, UsageError} from '@omni-ops/core/cli'
import {ExitCode, invoke} from '@omni-ops/core/operation'
import type {DescribedRelease} from '../../command-line/describe-release.ts'
import {budgetDebit} from '../../operations/budget-debit.ts'
import {dp} from '../../operations/dp.ts'

const kinds = ['count', 'sum', 'mean', 'quantile', 'histogram'] as const

/**
 * The table stays on this machine; only what is asked goes to where the budget is kept, and is debited there before the
 * table is read.
 */
export default class PrivacyDp extends OmniCommand {
  static override summary = dp.summary
  static override description = dp.description ?? ''
  static override examples = [...dp.cli.examples]
  static override args = {
    table: Args.string({description: 'A CSV file with a header', required: true, ignoreStdin: true}),
  }
  static override flags = {
    count: Flags.boolean({description: 'How many rows there are'}),
    sum: Flags.string({description: 'The sum of a column', helpValue: 'NAME'}),
    mean: Flags.string({description: 'The mean of a column', helpValue: 'NAME'}),
    quantile: Flags.string({description: 'A quantile of a column, by default the median', helpValue: 'NAME'}),
    histogram: Flags.string({description: 'How many persons there are with each value of a column', helpValue: 'NAME'}),
    at: Flags.string({description: 'Which quantile, 0 to 1 [default: 0.5]', helpValue: 'SHARE'}),
    partition: Flags.string({
      description: 'A value of the histogram; without any, values are found privately, which takes a --delta',
      helpValue: 'VALUE',
      multiple: true,
      multipleNonGreedy: true,
    }),
    bounds: Flags.string({
      description: 'What values are clamped to; chosen without looking at the data',
      helpValue: 'LOW:HIGH',
    }),
    person: Flags.string({description: 'The column that names the person of a row', helpValue: 'NAME'}),
    'max-rows': Flags.string({description: 'How many rows of one person count [default: 1]', helpValue: 'N'}),
    'max-partitions': Flags.string({
      description: 'In how many values of a histogram one person counts [default: 1]',
      helpValue: 'N',
    }),
    resolution: Flags.string({
      description: 'The grid on which values, noise and results lie [default: 1]',
      helpValue: 'STEP',
    }),
    mechanism: Flags.option({
      options: ['laplace', 'gaussian'] as const,
      description: 'The kind of noise [default: laplace]',
    })(),
    epsilon: Flags.string({description: 'ε: what the answer costs', helpValue: 'NUMBER', required: true}),
    delta: Flags.string({description: 'δ: for Gaussian noise and private histograms', helpValue: 'NUMBER'}),
    budget: Flags.string({description: 'The privacy budget of this data', helpValue: 'NAME', required: true}),
    delimiter: Flags.string({
      description: 'What separates the cells [default: found in the header]',
      helpValue: 'CHAR',
    }),
    'dry-run': Flags.boolean({description: 'Only tell the noise that the answer would have; debit and read nothing'}),
  }

  protected async execute(typed: Typed): Promise<ExitCode> {
    const {table: path, budget, delimiter} = typed.values as Record<string, string | undefined>
    const missing = ['table', 'epsilon', 'budget'].filter(name => typed.values[name] === undefined)
    if (path === undefined || budget === undefined || missing.length > 0) {
      const names = missing.map(name => (name === 'table' ? 'TABLE' : `--${name}`))
      throw new UsageError(`Missing ${names.join(' and ')}`, {hint: dp.cli.examples[0] as string})
    }
    const input = await this.#input(typed)
    const [{planRelease}, {noiseOf, release}, {releaseRequestFrom}, {openCsv}] = await Promise.all([
      import('../../differential-privacy/release-request.ts'),
      import('../../differential-privacy/release.ts'),
      import('../../handlers/release-request.ts'),
      import('../../table/table-source.ts'),
    ])
    const plan = planRelease(releaseRequestFrom(input))
    if (typed.values['dry-run'] === true) {
      await this.#print({values: [], noise: noiseOf(plan), budget}, typed)
      return ExitCode.done
    }
    const source = await openCsv(path, delimiter)
    const context = await this.context(budgetDebit.id, typed)
    const debited = await invoke(budgetDebit, {...input, budget}, context)
    const {values, noise} = await release(source, plan, context.random, this.signal)
    await this.#print({...debited, values, noise}, typed)
    return ExitCode.done
  }

  async #input({values}: Typed) {
    const [{parseWhole}, {checked}, {ReleaseInput}] = await Promise.all([
      import('../../command-line/anonymization-flags.ts'),
      import('../../command-line/checked.ts'),
      import('../../operations/release-schemas.ts'),
    ])
    const text = (name: string) => values[name] as string | undefined
    const whole = (name: string) => (text(name) === undefined ? undefined : parseWhole(`--${name}`, text(name)!))
    return checked(ReleaseInput, {
      question: await this.#question(values),
      person: text('person'),
      max_rows: whole('max-rows'),
      max_partitions: whole('max-partitions'),
      resolution: text('resolution'),
      mechanism: values.mechanism as 'laplace' | undefined,
      epsilon: text('epsilon') as string,
      delta: text('delta'),
    })
  }

  async #question(values: Typed['values']) {
    const asked = kinds.filter(kind => values[kind] !== undefined && values[kind] !== false)
    const [kind] = asked
    if (kind === undefined || asked.length > 1) {
      throw new UsageError('Ask one question: --count, --sum, --mean, --quantile or --histogram', {
        hint: dp.cli.examples[0] as string,
      })
    }
    if (kind === 'count') return {kind} as const
    const column = values[kind] as string
    const partitions = values.partition as string[] | undefined
    if (kind === 'histogram') return {kind, column, ...(partitions?.length ? {partitions} : {})} as const
    const {parseRange} = await import('../../command-line/anonymization-flags.ts')
    const [lower, upper] = parseRange('--bounds', (values.bounds as string | undefined) ?? '')
    if (kind !== 'quantile') return {kind, column, lower, upper} as const
    return {kind, column, lower, upper, quantile: (values.at as string | undefined) ?? '0.5'} as const
  }

  async #print(output: DescribedRelease, typed: Typed): Promise<void> {
    this.stopProgress()
    if (typed.format !== undefined) {
      const {releaseOutput} = await import('../../handlers/release-output.ts')
      await printResult({...output, ...releaseOutput(output)}, typed.format, {rows: 'values'}, this.terminal)
      return
    }
    const {describeRelease} = await import('../../command-line/describe-release.ts')
    const {answer, remarks} = describeRelease(output)
    this.terminal.stdout.write(answer)
    if (!typed.quiet) this.terminal.stderr.write(remarks)
  }
}
