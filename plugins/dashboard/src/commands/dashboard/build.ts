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
import {build} from '../../operations/build.ts'
import {catalogFlag, assertOneKindOfData, specFlag} from '../../presentation/data-flags.ts'

const fields = fieldsOf(build)

/** The user's own files are read here: on a profile of another machine, nothing of them leaves this one. */
export default class DashboardBuild extends OperationCommand<typeof build> {
  static override summary = build.summary
  static override description = build.description ?? ''
  static override examples = [...build.cli.examples]
  static override usage = '<%= command.id %> [NAMES...] [FLAGS]'
  static override args = argsFor(fields, build.cli.args ?? [])
  static override flags = {
    ...flagsFor(fields),
    all: Flags.boolean({description: 'Every type'}),
    data: Flags.string({
      description: 'A CSV, JSON, Parquet or SQLite file, a directory of them, postgres://… or prometheus+https://…',
      helpValue: 'PATH|URL|env:NAME',
    }),
    table: Flags.string({
      description: 'A table or view of PostgreSQL; those that are of use where none is named',
      helpValue: 'NAME',
      multiple: true,
    }),
    queries: Flags.string({description: 'What is asked of Prometheus', helpValue: 'FILE'}),
    catalog: catalogFlag,
    spec: specFlag,
    interactive: Flags.boolean({description: 'Charts that can be pointed at: --format interactive'}),
    out: Flags.string({description: 'Write the pages to this directory, and keep none elsewhere', helpValue: 'DIR'}),
  }
  static override baseFlags = globalFlags
  protected readonly operation = build
  protected readonly fields = fields

  protected override async input(typed: Typed): Promise<Record<string, unknown>> {
    const {values} = typed
    const input = await super.input(typed)
    const names = (input.names as readonly string[] | undefined) ?? []
    const isNamed = [values.priority, values.spec, values.prompt].some(value => value !== undefined)
    if (names.length === 0 && values.all !== true && !isNamed) {
      throw new UsageError('Which dashboards?', {
        hint: 'give a name, --priority, --all or a --prompt; `omni dashboard types` lists them',
      })
    }
    if (values.prompt !== undefined && (values.all === true || values.spec !== undefined)) {
      throw new UsageError('--prompt is for one dashboard, and goes with neither --all nor --spec')
    }
    assertOneKindOfData(values)
    const apart = ['catalog', 'spec', 'table', 'queries'].find(name => values[name] !== undefined)
    if (values.data === undefined && apart !== undefined) throw new UsageError(`--${apart} goes with --data`)
    if (values.interactive === true)
      input.formats = [...((input.formats as readonly string[] | undefined) ?? []), 'interactive']
    return values.out === undefined ? input : {...input, save_to_disk: false}
  }

  protected override async call(input: Record<string, unknown>, typed: Typed): Promise<OperationOutput<typeof build>> {
    const {data, out} = typed.values as {data?: string; out?: string}
    const output = data === undefined ? await super.call(input, typed) : await this.#buildHere(data, input, typed)
    return out === undefined ? output : this.#write(output, out)
  }

  async #buildHere(data: string, input: Record<string, unknown>, typed: Typed): Promise<OperationOutput<typeof build>> {
    const context = await this.context(build.id, typed)
    if (context.remote !== undefined && typed.values.out === undefined) {
      throw new UsageError('What is built from files of this machine stays on it', {hint: 'add --out DIR'})
    }
    if (context.remote !== undefined && typed.values.prompt !== undefined) {
      throw new UsageError('A model is asked where the data are, and these files are here', {
        hint: 'use a profile of this machine, or a --source of the other one',
      })
    }
    const [{parseInput}, {publish}, {buildOutput}, {promptOptions}] = await Promise.all([
      import('@omni-ops/core/operation'),
      import('../../build/publish.ts'),
      import('../../handlers/build-output.ts'),
      import('../../handlers/build-request.ts'),
    ])
    const parsed = parseInput(build, input)
    const {catalog, spec, table, queries} = typed.values as {
      catalog?: string
      spec?: string
      table?: string[]
      queries?: string
    }
    const published = await publish(
      {
        names: parsed.names,
        priority: parsed.priority_filter,
        data: {kind: 'files', location: data, catalogue: catalog, tables: table, queries},
        zone: parsed.time_zone,
        asOf: parsed.as_of,
        where: parsed.where,
        specFile: spec,
        prompt: promptOptions(parsed),
        directory: parsed.save_to_disk ? parsed.output_dir : undefined,
        formats: parsed.formats,
      },
      context,
    )
    return buildOutput(published, false, context)
  }

  async #write(output: OperationOutput<typeof build>, out: string): Promise<OperationOutput<typeof build>> {
    const [{mkdir}, {join, resolve}, {writeWhole}, {fileOf}, {contentOf}, {slugOf}] = await Promise.all([
      import('node:fs/promises'),
      import('node:path'),
      import('@omni-ops/core/files'),
      import('../../build/page-shelf.ts'),
      import('../../handlers/answered-file.ts'),
      import('../../templates/index.ts'),
    ])
    const directory = resolve(out)
    if (output.dashboards.every(({files}) => files.length === 0)) return output
    await mkdir(directory, {recursive: true})
    const dashboards = []
    for (const page of output.dashboards) {
      const files = []
      for (const each of page.files) {
        const file = fileOf(slugOf(page.title), each.format)
        const content = each.format === 'html' ? page.html! : contentOf(each)
        await writeWhole(join(directory, file), content)
        files.push({...each, file, content: null})
      }
      dashboards.push({...page, file: files[0]?.file ?? null, html: null, files})
    }
    return {...output, directory, dashboards}
  }

  protected override async print(output: OperationOutput<typeof build>, typed: Typed): Promise<void> {
    const [{proposal, spec}] = output.dashboards.length === 1 ? output.dashboards : [{proposal: null, spec: null}]
    const fallback = proposal?.fallback
    if (fallback) this.terminal.stderr.write(`${fallback.type} stands in for a proposal: ${fallback.reason}\n`)
    if (spec && typed.format === undefined) {
      const {stringify} = await import('yaml')
      this.terminal.stdout.write(stringify(spec))
      return
    }
    await super.print(output, typed)
    if (typed.format !== undefined || typed.quiet) return
    const {shortfalls} = await import('../../presentation/shortfalls.ts')
    for (const line of shortfalls(output.dashboards)) this.terminal.stderr.write(`${line}\n`)
    const isWritten = output.dashboards.some(({file}) => file !== null)
    if (output.directory !== null && isWritten) this.terminal.stderr.write(`The pages are in ${output.directory}\n`)
  }
}
