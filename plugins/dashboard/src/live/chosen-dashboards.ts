import {resolve} from 'node:path'
import type {Context} from '@omni-ops/core/operation'
import type {DashboardDefinition, KeptData} from '../build/dashboard-definition.ts'
import {readCatalogue, readSpec} from '../build/dashboard-files.ts'
import {sourceOf} from '../build/data-supply.ts'
import {momentOf} from '../build/publish.ts'
import {dataLocation} from '../data/data-location.ts'
import type {Filter} from '../spec/dashboard-spec.ts'
import {slugOf, templateNamed, templates} from '../templates/index.ts'
import type {LiveDashboard} from './live-view.ts'

/** Dashboards that are looked at without having been built. */
export interface ChosenDashboards {
  /** Names of types; all where there are none and no file of one's own is named. */
  readonly names: readonly string[]
  readonly priority?: number | undefined
  readonly data:
    | {readonly kind: 'sample'; readonly seed: number}
    | {readonly kind: 'source'; readonly name: string | undefined}
    | {readonly kind: 'files'; readonly location: string}
  readonly catalogFile?: string | undefined
  readonly specFile?: string | undefined
  readonly zone?: string | undefined
  readonly asOf?: string | undefined
  readonly where: Readonly<Record<string, string>>
}

/**
 * What the dashboards are read from, without reading it yet.
 * @throws UnknownTypeError, UnknownSourceError, NoDataSourceError, InvalidCatalogueError, InvalidInputError
 */
export async function chosenDashboards(
  {names, priority, data, catalogFile, specFile, zone, asOf, where}: ChosenDashboards,
  context: Context,
): Promise<readonly LiveDashboard[]> {
  const path = (file: string) => resolve(context.workingDirectory, file)
  const catalogue = catalogFile === undefined ? null : await readCatalogue(path(catalogFile))
  const own = specFile === undefined ? [] : [await readSpec(path(specFile))]
  const wanted = names.length === 0 ? (own.length > 0 ? [] : templates) : names.map(templateNamed)
  const chosen = [...new Set(wanted)].filter(template => priority === undefined || template.priority === priority)
  const filters = Object.entries(where).map(([dimension, value]): Filter => ({
    dimension,
    operator: 'in',
    values: [value],
  }))
  const rest = {
    catalogue,
    data: keptData(data, context),
    zone: zone ?? (context.settings.get('dashboard.time_zone') as string),
    as_of: asOf === undefined ? null : momentOf(asOf),
  }
  const dashboard = (spec: DashboardDefinition['spec'], type: string | null): LiveDashboard => ({
    id: slugOf(spec.title),
    title: spec.title,
    definition: {...rest, type, spec: {...spec, filters: [...spec.filters, ...filters]}},
  })
  return [...chosen.map(({name, spec}) => dashboard(spec, name)), ...own.map(spec => dashboard(spec, null))]
}

function keptData(data: ChosenDashboards['data'], context: Context): KeptData {
  if (data.kind === 'sample') return data
  if (data.kind === 'source') return {kind: 'source', name: sourceOf(data.name, context).name}
  const {kind, address} = dataLocation(data.location, context)
  // Where a server is may be said by a variable, and is found out anew each time.
  return {kind: 'files', location: kind === 'files' ? address : data.location}
}
