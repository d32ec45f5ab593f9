import {resolve} from 'node:path'
import {type Context, InvalidInputError, type ReportedTable} from '@omni-ops/core/operation'
import type {Catalogue} from '../catalogue/catalogue.ts'
import type {DataSession} from '../data/data-session.ts'
import {NoDataSourceError, UnknownSourceError} from '../data/errors.ts'
import type {DataNeeds} from '../data/data-needs.ts'
import {openData} from '../data/open-data.ts'
import {openSample} from '../sample/open-sample.ts'
import type {DataSources} from '../settings.ts'
import {bindTemplate, type Missing} from '../templates/bind-template.ts'
import type {Template} from '../templates/template.ts'
import {readCatalogue} from './dashboard-files.ts'

/** Which data dashboards are built from. */
export type DataChoice =
  | {readonly kind: 'sample'; readonly seed: number}
  /** A source of the settings; the only one there is where it is not named. */
  | {readonly kind: 'source'; readonly name: string | undefined}
  /** Files of whoever runs the command, or a server that they name. */
  | {
      readonly kind: 'files'
      readonly location: string
      readonly catalogue: string | undefined
      /** Of PostgreSQL. */
      readonly tables?: readonly string[] | undefined
      /** The file of what is asked of Prometheus. */
      readonly queries?: string | undefined
    }

/** What is going to be asked, so that a server is asked for no more; everything where it is not given. */
export interface SupplyOptions extends Omit<DataNeeds, 'catalogue'> {
  /** Whose days are shown. */
  readonly zone: string
}

/** What a dashboard is built from. */
export interface Supply {
  readonly session: DataSession
  readonly catalogue: Catalogue
  readonly missing: readonly Missing[]
  readonly source: string | undefined
  /** Whether the session is for this dashboard alone. */
  readonly own: boolean
}

/** Where the data of each dashboard come from: loaded once, or made for each type. */
export class DataSupply implements AsyncDisposable {
  readonly #choice: DataChoice
  readonly #context: Context
  readonly #session: DataSession | undefined
  readonly #catalogue: Catalogue | undefined
  readonly #source: string

  private constructor(
    choice: DataChoice,
    context: Context,
    loaded: {session: DataSession; catalogue: Catalogue | undefined; source: string} | undefined,
  ) {
    this.#choice = choice
    this.#context = context
    this.#session = loaded?.session
    this.#catalogue = loaded?.catalogue
    this.#source = loaded?.source ?? ''
  }

  static async open(
    choice: DataChoice,
    context: Context,
    options: SupplyOptions = {templates: [], zone: 'UTC'},
  ): Promise<DataSupply> {
    if (choice.kind === 'sample') return new DataSupply(choice, context, undefined)
    const {zone, ...needs} = options
    if (choice.kind === 'files') {
      const inWork = (path: string | undefined) =>
        path === undefined ? undefined : resolve(context.workingDirectory, path)
      const catalogue = await catalogueAt(inWork(choice.catalogue))
      const {location, tables} = choice
      const request = {location, tables, queries: inWork(choice.queries), zone, needs: {...needs, catalogue}}
      const {session, name} = await openData(request, context)
      return new DataSupply(choice, context, {session, catalogue, source: name})
    }
    const own = await ownTables(choice.name, options, context)
    if (own !== undefined) {
      const {openReported} = await import('../data/load-reported.ts')
      return new DataSupply(choice, context, {
        session: await openReported(own, context),
        catalogue: undefined,
        source: 'the records of omni itself',
      })
    }
    const {name, source} = sourceOf(choice.name, context)
    const {location, tables, queries, tenant_column: column} = source
    const catalogue = await catalogueAt(source.catalog)
    const tenant = column === undefined ? undefined : {column, value: context.tenant}
    const request = {location, tables, queries, tenant, zone, needs: {...needs, catalogue}}
    const {session} = await openData(request, context)
    return new DataSupply(choice, context, {session, catalogue, source: name})
  }

  /** Whether somebody wrote a catalogue of the data; without one, columns are found by their names. */
  get isCatalogued(): boolean {
    return this.#catalogue !== undefined
  }

  async forTemplate(template: Template): Promise<Supply> {
    if (this.#choice.kind === 'sample') {
      const session = await openSample(template, this.#choice.seed, this.#context.signal)
      return {session, catalogue: template.catalogue, missing: [], source: undefined, own: true}
    }
    const session = this.#session!
    const source = this.#source
    if (this.#catalogue !== undefined) {
      return {session, catalogue: this.#catalogue, missing: missingFrom(this.#catalogue, template), source, own: false}
    }
    const {catalogue, missing} = await bindTemplate(template, await session.schema(), session)
    return {session, catalogue, missing, source, own: false}
  }

  async forSpec(): Promise<Supply> {
    if (this.#session === undefined || this.#catalogue === undefined) {
      throw new InvalidInputError('A dashboard of your own needs data and a catalogue', {
        hint: '`omni dashboard catalog infer DATA` drafts a catalogue',
      })
    }
    return {session: this.#session, catalogue: this.#catalogue, missing: [], source: this.#source, own: false}
  }

  /** With a catalogue that was kept, and what it does not have of the type. */
  withCatalogue(catalogue: Catalogue, template: Template | undefined): Supply {
    const missing = template === undefined ? [] : missingFrom(catalogue, template)
    return {session: this.#session!, catalogue, missing, source: this.#source, own: false}
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#session?.close()
  }
}

async function catalogueAt(path: string | undefined): Promise<Catalogue | undefined> {
  return path === undefined ? undefined : readCatalogue(path)
}

/** What a type asks for and a catalogue does not have. */
function missingFrom(catalogue: Catalogue, template: Template): readonly Missing[] {
  const wanted = template.catalogue
  return [
    ...Object.entries(wanted.metrics)
      .filter(([name]) => catalogue.metrics[name] === undefined)
      .map(([name, {title}]): Missing => ({
        kind: 'metric',
        name,
        title,
        reason: `is not in the catalogue, as ${name}`,
      })),
    ...Object.entries(wanted.dimensions)
      .filter(([name]) => catalogue.dimensions[name] === undefined)
      .map(([name, {title}]): Missing => ({
        kind: 'dimension',
        name,
        title,
        reason: `is not in the catalogue, as ${name}`,
      })),
  ]
}

/** What omni itself knows is a source of this name. */
const ownSource = 'omni'

/**
 * What plugins report, where it is named, or where nothing else is configured and a type of those asked for knows one of
 * these tables; undefined where a source of the settings is meant.
 */
async function ownTables(
  name: string | undefined,
  {templates}: SupplyOptions,
  context: Context,
): Promise<readonly ReportedTable[] | undefined> {
  const configured = (context.settings.get('dashboard.sources') as DataSources | undefined) ?? {}
  if (name === undefined ? Object.keys(configured).length > 0 : name !== ownSource || Object.hasOwn(configured, name)) {
    return undefined
  }
  const {reportedTables} = await import('../data/load-reported.ts')
  const tables = await reportedTables(context)
  const isKnown = tables.some(table => templates.some(({catalogue}) => Object.hasOwn(catalogue.tables, table.name)))
  return tables.length > 0 && (name === ownSource || isKnown) ? tables : undefined
}

/** @throws UnknownSourceError, NoDataSourceError, InvalidInputError where it is not said which of several */
export function sourceOf(name: string | undefined, {settings, tenant}: Context) {
  const all = (settings.get('dashboard.sources') as DataSources | undefined) ?? {}
  const mine = Object.entries(all).filter(
    ([, {tenant_column: column, tenants}]) => column !== undefined || tenants?.includes(tenant) === true,
  )
  if (name !== undefined) {
    const found = mine.find(([each]) => each === name)
    if (found === undefined) throw new UnknownSourceError(`There is no source of data ${name}`)
    return {name, source: found[1]}
  }
  const [only, another] = mine
  if (only === undefined) {
    throw new NoDataSourceError('No data are configured for dashboards', {
      hint: 'name a file with --data, set dashboard.sources, or try --sample',
    })
  }
  if (another !== undefined) {
    throw new InvalidInputError('There are several sources of data', {
      hint: `choose one: ${mine.map(([each]) => each).join(', ')}`,
    })
  }
  return {name: only[0], source: only[1]}
}
