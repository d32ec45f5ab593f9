import {resolve} from 'node:path'
import {type Context, InvalidInputError, OmniError} from '@omni-ops/core/operation'
import {historyOf} from '../data/data-needs.ts'
import {proposeDashboard, type ProposalTrail} from '../propose/propose-dashboard.ts'
import type {DashboardSpec, Filter} from '../spec/dashboard-spec.ts'
import {slugOf, templateNamed, templates} from '../templates/index.ts'
import type {Template} from '../templates/template.ts'
import {assertFormats} from '../render/renderers.ts'
import {type BuiltDashboard, buildDashboard} from './build-dashboard.ts'
import {dataLocation} from '../data/data-location.ts'
import type {DashboardDefinition, KeptData} from './dashboard-definition.ts'
import {readSpec} from './dashboard-files.ts'
import {type DataChoice, DataSupply, type Supply} from './data-supply.ts'
import type {DashboardFormat} from '../operations/formats.ts'

export interface BuildTypesOptions {
  /** Names of types; all where there are none. */
  readonly names: readonly string[]
  readonly priority?: number | undefined
  readonly data: DataChoice
  readonly zone: string
  /** ISO 8601. */
  readonly asOf?: string | undefined
  /** Values of dimensions that rows must have. */
  readonly where: Readonly<Record<string, string>>
  /** The file of a dashboard of one's own, beside the types. */
  readonly specFile?: string | undefined
  readonly formats: readonly DashboardFormat[]
  /** A dashboard that a model proposes for somebody's words; a name is then the type whose metrics are meant. */
  readonly prompt?: PromptOptions | undefined
}

export interface PromptOptions {
  readonly text: string
  readonly model: string | undefined
  readonly offline: boolean
  readonly strict: boolean
  /** The proposal alone, and no page. */
  readonly dryRun: boolean
}

export type BuildResult = {
  readonly slug: string
  readonly title: string
  readonly type: string | null
  /** How it came about, where somebody asked for it in words. */
  readonly proposal?: ProposalTrail
} & (
  | {readonly built: BuiltDashboard; readonly definition: DashboardDefinition | undefined}
  | {readonly spec: DashboardSpec}
  | {readonly error: OmniError}
)

/**
 * Builds types of dashboards, each by itself: what one lacks does not keep the others from being built.
 * @throws UnknownTypeError, NoDataSourceError, DataNotFoundError, UnreadableDataError before anything is built
 */
export async function buildTypes(options: BuildTypesOptions, context: Context): Promise<readonly BuildResult[]> {
  const own =
    options.specFile === undefined ? [] : [await readSpec(resolve(context.workingDirectory, options.specFile))]
  const chosen = own.length > 0 && options.names.length === 0 ? [] : chosenTypes(options)
  await assertFormats(options.formats, context)
  // What a model will propose is not known before it sees the data.
  const history = historyOf([...chosen.map(({spec}) => spec), ...own], options.asOf)
  const needs = options.prompt === undefined ? {templates: chosen, history} : {templates: []}
  await using supply = await DataSupply.open(options.data, context, {...needs, zone: options.zone})
  if (options.prompt !== undefined) return [await buildProposal(options.prompt, options, supply, context)]
  const results: BuildResult[] = []
  const total = chosen.length + own.length
  for (const template of chosen) {
    context.emit({
      type: 'progress',
      label: `Building ${template.name}`,
      done: results.length,
      total,
      unit: 'dashboards',
    })
    results.push(
      await attempt(template.name, template.name, () => supply.forTemplate(template), template.spec, options, context),
    )
  }
  for (const spec of own) {
    context.emit({type: 'progress', label: `Building ${spec.title}`, done: results.length, total, unit: 'dashboards'})
    results.push(await attempt(spec.title, null, () => supply.forSpec(), spec, options, context))
  }
  return results
}

function chosenTypes({names, priority}: BuildTypesOptions): readonly Template[] {
  const named = names.length === 0 ? templates : names.map(templateNamed)
  return [...new Set(named)].filter(template => priority === undefined || template.priority === priority)
}

/** @throws ProposalRefusedError, and everything that keeps a model from being asked as it should be */
async function buildProposal(
  {text, dryRun, ...how}: PromptOptions,
  options: BuildTypesOptions,
  data: DataSupply,
  context: Context,
): Promise<BuildResult> {
  const {names, priority, specFile, where, zone, asOf} = options
  if (names.length > 1 || priority !== undefined || specFile !== undefined) {
    throw new InvalidInputError('A prompt is for one dashboard', {hint: 'name one type at most, and no priority'})
  }
  const request = {...how, prompt: text, type: names[0], data: options.data, filters: filtersOf(where), zone, asOf}
  const {type, spec, supply, trail} = await proposeDashboard(request, data, context)
  if (!dryRun)
    return {...(await attempt(spec.title, type, async () => supply, spec, options, context)), proposal: trail}
  if (supply.own) await supply.session.close()
  return {slug: slugOf(spec.title), title: spec.title, type, spec, proposal: trail}
}

const filtersOf = (where: Readonly<Record<string, string>>) =>
  Object.entries(where).map(([dimension, value]): Filter => ({dimension, operator: 'in', values: [value]}))

async function attempt(
  title: string,
  type: string | null,
  supply: () => Promise<Supply>,
  spec: DashboardSpec,
  {zone, asOf, where, data, formats}: BuildTypesOptions,
  context: Context,
): Promise<BuildResult> {
  const slug = slugOf(title)
  const filters = filtersOf(where)
  let supplied: Supply | undefined
  try {
    supplied = await supply()
    const {session, catalogue, missing, source} = supplied
    const filtered = {...spec, filters: [...spec.filters, ...filters]}
    const request = {spec: filtered, catalogue, missing, source, zone, asOf}
    const built = await buildDashboard(request, session, {formats, context})
    const kept = type === null && data.kind === 'sample' ? undefined : keptData(data, source, context)
    const given = type === null || (data.kind === 'files' && data.catalogue !== undefined)
    const definition = kept && {
      spec: filtered,
      type,
      catalogue: given ? catalogue : null,
      data: kept,
      zone,
      as_of: asOf ?? null,
    }
    return {slug, title, type, built, definition}
  } catch (error) {
    if (!(error instanceof OmniError) || error.code === 'cancelled') throw error
    return {slug, title, type, error}
  } finally {
    if (supplied?.own) await supplied.session.close()
  }
}

/** Undefined for an address, which may hold a password. */
function keptData(data: DataChoice, source: string | undefined, context: Context): KeptData | undefined {
  if (data.kind === 'sample') return {kind: 'sample', seed: data.seed}
  if (data.kind === 'source') return {kind: 'source', name: source!}
  const {kind, address} = dataLocation(data.location, context)
  return kind === 'files' ? {kind, location: address} : undefined
}
