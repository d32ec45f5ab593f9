import {basename, resolve} from 'node:path'
import {type Context, InvalidInputError} from '@omni-ops/core/operation'
import type {Catalogue} from '../catalogue/catalogue.ts'
import type {DataSession} from '../data/data-session.ts'
import {NoDataSourceError, UnknownSourceError} from '../data/errors.ts'
import {openFiles} from '../data/load-files.ts'
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
  /** Files of whoever runs the command. */
  | {readonly kind: 'files'; readonly location: string; readonly catalogue: string | undefined}

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

  static async open(choice: DataChoice, context: Context): Promise<DataSupply> {
    if (choice.kind === 'sample') return new DataSupply(choice, context, undefined)
    if (choice.kind === 'files') {
      const catalogue =
        choice.catalogue === undefined
          ? undefined
          : await readCatalogue(resolve(context.workingDirectory, choice.catalogue))
      const session = await openFiles(choice.location, context)
      return new DataSupply(choice, context, {
        session,
        catalogue,
        source: basename(resolve(context.workingDirectory, choice.location)),
      })
    }
    const {name, source} = sourceOf(choice.name, context)
    const catalogue = source.catalog === undefined ? undefined : await readCatalogue(source.catalog)
    const session = await openFiles(source.location, context)
    try {
      // Before any spec is looked at: rows of others are no longer there when the first query runs.
      if (source.tenant_column !== undefined) await session.keepTenant(source.tenant_column, context.tenant)
    } catch (error) {
      await session.close()
      throw error
    }
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
