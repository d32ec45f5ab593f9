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
import {exportPage} from '../../operations/export.ts'
import {catalogFlag, assertOneKindOfData} from '../../presentation/data-flags.ts'

const fields = fieldsOf(exportPage)
type Exported = OperationOutput<typeof exportPage>

/** Files of this machine, a JSON build or the data of --data, are read and rendered here. */
export default class DashboardExport extends OperationCommand<typeof exportPage> {
  static override summary = exportPage.summary
  static override description = exportPage.description ?? ''
  static override examples = [...exportPage.cli.examples]
  static override usage = '<%= command.id %> PAGE [FLAGS]'
  static override args = argsFor(fields, exportPage.cli.args ?? [])
  static override flags = {
    ...flagsFor(fields),
    data: Flags.string({description: 'Build it from this file, or directory of files', helpValue: 'PATH'}),
    catalog: catalogFlag,
    out: Flags.string({description: 'Write to this file, or - for stdout', helpValue: 'FILE', default: '-'}),
  }
  static override baseFlags = globalFlags
  protected readonly operation = exportPage
  protected readonly fields = fields

  protected override async input(typed: Typed): Promise<Record<string, unknown>> {
    const {values, format: printed} = typed
    const input = await super.input(typed)
    assertOneKindOfData(values)
    if (values.catalog !== undefined && values.data === undefined) throw new UsageError('--catalog goes with --data')
    const {formatFiles} = await import('../../operations/formats.ts')
    const file = formatFiles[((input.format as string | undefined) ?? 'html') as keyof typeof formatFiles]
    const toTerminal = values.out === '-' && printed === undefined && this.terminal.stdout.isTerminal
    if (file?.text === false && toTerminal) throw new UsageError('A terminal cannot show it', {hint: 'add --out FILE'})
    return input
  }

  protected override async call(input: Record<string, unknown>, typed: Typed): Promise<Exported> {
    const {page} = input as {page: string}
    if (typed.values.data !== undefined) return this.#buildHere(input, typed)
    return isFile(page, input) ? this.#renderHere(page, input, typed) : super.call(input, typed)
  }

  async #renderHere(path: string, input: Record<string, unknown>, typed: Typed): Promise<Exported> {
    const context = await this.context(exportPage.id, typed)
    const [{parseInput}, {resolve}, {exportDocument, readDashboardFile}, {answeredFile}] = await Promise.all([
      import('@omni-ops/core/operation'),
      import('node:path'),
      import('../../build/export-dashboard.ts'),
      import('../../handlers/answered-file.ts'),
    ])
    const {format} = parseInput(exportPage, input)
    const text = await readDashboardFile(resolve(context.workingDirectory, path))
    const exported = await exportDocument(text, path, format, context)
    return {...answeredFile(exported), title: exported.title}
  }

  async #buildHere(input: Record<string, unknown>, typed: Typed): Promise<Exported> {
    const context = await this.context(exportPage.id, typed)
    const [{parseInput}, {exportBuilt}, {answeredFile}] = await Promise.all([
      import('@omni-ops/core/operation'),
      import('../../build/export-dashboard.ts'),
      import('../../handlers/answered-file.ts'),
    ])
    const {page, format, time_zone: zone, as_of: asOf, where} = parseInput(exportPage, input)
    const {data: location, catalog: catalogue} = typed.values as {data: string; catalog?: string}
    const exported = await exportBuilt(
      page,
      format,
      {data: {kind: 'files', location, catalogue}, zone, asOf, where},
      context,
    )
    return {...answeredFile(exported), title: exported.title}
  }

  protected override async print(output: Exported, typed: Typed): Promise<void> {
    const {out} = typed.values as {out: string}
    const {contentOf} = await import('../../handlers/answered-file.ts')
    const bytes = contentOf(output)
    if (out !== '-') {
      const {writeWhole} = await import('@omni-ops/core/files')
      await writeWhole(out, bytes)
      return super.print({...output, content: null}, typed)
    }
    if (typed.format !== undefined) return super.print(output, typed)
    this.stopProgress()
    await new Promise<void>((resolve, reject) =>
      process.stdout.write(bytes, error => (error ? reject(error) : resolve())),
    )
  }
}

/** A JSON file, which no page of the dashboards directory is called like: those have no dots. */
const isFile = (page: string, {sample, source}: Record<string, unknown>) =>
  page.endsWith('.json') && sample !== true && source === undefined
