import {Args, Flags, globalFlags, OmniCommand, type Typed, UsageError} from '@omni-ops/core/cli'
import {type Context, ExitCode} from '@omni-ops/core/operation'
import {catalogFlag, assertOneKindOfData, specFlag} from '../../presentation/data-flags.ts'

interface Values {
  readonly names?: readonly string[]
  readonly all?: boolean
  readonly priority?: string
  readonly data?: string
  readonly catalog?: string
  readonly spec?: string
  readonly source?: string
  readonly sample?: boolean
  readonly seed?: string
  readonly filter?: readonly string[]
  readonly 'time-zone'?: string
  readonly 'as-of'?: string
  readonly port: string
  readonly host: string
  readonly open?: boolean
}

/** Serves until it is told to end. The server's modules are loaded here. */
export default class DashboardServe extends OmniCommand {
  static override summary = 'Show dashboards in the browser, live: what changes in the data changes on the page'
  static override description =
    'Without data it shows the dashboards that were built; with --data, --source or --sample any types, without building ' +
    'them. This machine alone can look at them. For others, build them and run `omni serve`: it has the same pages, and asks who ' +
    'looks at them. Prints its address when it is ready. Ctrl-C ends it.'
  static override usage = '<%= command.id %> [NAMES...] [FLAGS]'
  static override examples = [
    'omni dashboard serve "Revenue Analytics" --data sales.csv --open',
    'omni dashboard serve --all --sample',
    'omni dashboard serve --spec weekly.yaml --catalog catalog.yaml --data ./exports',
    'omni dashboard serve --port 4000',
  ]
  static override args = {
    names: Args.string({description: 'Names of types', multiple: true, ignoreStdin: true}),
  }
  static override flags = {
    all: Flags.boolean({description: 'Every type'}),
    priority: Flags.string({description: 'Only types of this priority', helpValue: 'N'}),
    data: Flags.string({description: 'A CSV, JSON, Parquet or SQLite file, or a directory of them', helpValue: 'PATH'}),
    catalog: catalogFlag,
    spec: specFlag,
    source: Flags.string({description: 'A source of data of the settings', helpValue: 'NAME'}),
    sample: Flags.boolean({description: 'Seeded sample data, and the page says so'}),
    seed: Flags.string({description: 'Of the sample data', helpValue: 'N', default: '1'}),
    filter: Flags.string({
      description: 'Only rows with this value of a dimension; may be given again',
      helpValue: 'NAME=VALUE',
      multiple: true,
    }),
    'time-zone': Flags.string({description: 'Whose days these are, such as Europe/Ljubljana', helpValue: 'ZONE'}),
    'as-of': Flags.string({
      description: 'The moment up to which they tell; the last one without it',
      helpValue: 'TIME',
    }),
    port: Flags.string({description: 'Listen on this port; 0 takes any that is free', helpValue: 'N', default: '4600'}),
    host: Flags.string({
      description: 'Listen on this address of this machine',
      helpValue: 'ADDRESS',
      default: '127.0.0.1',
    }),
    open: Flags.boolean({description: 'Open the browser'}),
  }
  static override baseFlags = globalFlags

  // Streams are told to end, and their readers find another server.
  protected override readonly graceMs = 5_000

  protected async execute(typed: Typed): Promise<ExitCode> {
    const values = typed.values as unknown as Values
    const port = whole('--port', values.port, 65_535)
    assertOneKindOfData(values)
    assertCatalogued(values)
    const {runtime, context} = await this.session('dashboard.serve', typed, 'warn')
    const directory = await this.#directory(values, context)
    const {serveLocally} = await import('../../live/local-server.ts')
    const server = await serveLocally({directory, runtime, tenant: context.tenant, host: values.host, port})
    const {length} = await directory.list(context)
    if (!typed.quiet) {
      this.terminal.stderr.write(
        `${length} ${length === 1 ? 'dashboard' : 'dashboards'}, for this machine alone. Ctrl-C ends it.\n`,
      )
    }
    const url = `${server.url}/dashboards`
    this.terminal.stdout.write(typed.format === 'json' ? `${JSON.stringify({url, dashboards: length})}\n` : `${url}\n`)
    if (values.open === true) await this.#open(url)
    if (!this.signal.aborted) {
      await new Promise(resolve => this.signal.addEventListener('abort', resolve, {once: true}))
    }
    await server.stop()
    return ExitCode.cancelled
  }

  async #directory(values: Values, context: Context) {
    const {givenDashboards, keptDashboards} = await import('../../live/live-directory.ts')
    const {names = [], all, priority, data, spec, catalog, source, sample, filter = []} = values
    const isGiven = data !== undefined || source !== undefined || sample === true
    if (!isGiven && context.remote !== undefined) {
      throw new UsageError('What was built is on another machine', {
        hint: `look at ${context.remote.url}/dashboards, or name data of this machine with --data or --sample`,
      })
    }
    if (!isGiven) {
      if (names.length > 0 || all === true || priority !== undefined || spec !== undefined || filter.length > 0) {
        throw new UsageError('Which data?', {hint: 'give --data, --source or --sample'})
      }
      return keptDashboards
    }
    if (names.length === 0 && all !== true && priority === undefined && spec === undefined) {
      throw new UsageError('Which dashboards?', {
        hint: 'give a name, --priority or --all; `omni dashboard types` lists them',
      })
    }
    const {chosenDashboards} = await import('../../live/chosen-dashboards.ts')
    return givenDashboards(
      await chosenDashboards(
        {
          names,
          priority: priority === undefined ? undefined : whole('--priority', priority, 3),
          data: sample
            ? {kind: 'sample', seed: whole('--seed', values.seed ?? '1', 2_147_483_647)}
            : data !== undefined
              ? {kind: 'files', location: data}
              : {kind: 'source', name: source},
          catalogFile: catalog,
          specFile: spec,
          zone: values['time-zone'],
          asOf: values['as-of'],
          where: Object.fromEntries(filter.map(filterOf)),
        },
        context,
      ),
    )
  }

  async #open(url: string): Promise<void> {
    const {openInBrowser} = await import('../../live/open-browser.ts')
    if (await openInBrowser(url, process)) return
    this.terminal.stderr.write('There is no program here that opens a browser: open the address yourself\n')
  }
}

function assertCatalogued({data, catalog, spec}: Values): void {
  if (data === undefined && (catalog !== undefined || spec !== undefined)) {
    throw new UsageError('--catalog and --spec go with --data')
  }
}

function whole(flag: string, text: string, most: number): number {
  const number = Number(text)
  if (/^\d+$/.test(text) && number <= most) return number
  throw new UsageError(`${flag} expects 0 to ${most}`)
}

function filterOf(text: string): readonly [string, string] {
  const at = text.indexOf('=')
  if (at > 0) return [text.slice(0, at), text.slice(at + 1)]
  throw new UsageError(`--filter expects NAME=VALUE, and not ${text}`)
}
