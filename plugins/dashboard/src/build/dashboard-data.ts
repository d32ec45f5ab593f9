import {InvalidInputError, OmniError} from '@omni-ops/core/operation'
import type {Catalogue} from '../catalogue/catalogue.ts'
import {checkCatalogue, type DataSchema} from '../catalogue/check-catalogue.ts'
import {DataNotFoundError} from '../data/errors.ts'
import type {DataSession} from '../data/data-session.ts'
import type {TableOrigin} from '../data/table-origin.ts'
import {assertKeys} from '../query/assert-keys.ts'
import {type PanelData, readPanel} from '../query/panel-data.ts'
import {type ReportingPeriod, reportingPeriod, settleZones} from '../query/reporting-period.ts'
import {panelProblems} from '../spec/check-panel.ts'
import type {DashboardSpec, FigurePanel, Panel} from '../spec/dashboard-spec.ts'
import type {Missing} from '../templates/bind-template.ts'

export interface BuildRequest {
  readonly spec: DashboardSpec
  readonly catalogue: Catalogue
  readonly missing: readonly Missing[]
  /** Where the data are from, in words; undefined for sample data. */
  readonly source: string | undefined
  readonly zone: string
  readonly asOf?: string | undefined
}

export interface PanelOutcome {
  readonly id: string
  readonly title: string
  readonly status: 'shown' | 'partial' | 'not_shown'
  readonly reason: string | null
}

/** A panel with what was read for it, or with why it is not shown. */
export type ShownPanel = {readonly panel: Panel; readonly notes: readonly string[]} & (
  {readonly data: PanelData} | {readonly reason: string}
)

/** Everything that a dashboard shows, before it has any form: what each format is made from. */
export interface DashboardData {
  readonly title: string
  readonly summary: string | undefined
  readonly spec: DashboardSpec
  readonly period: ReportingPeriod
  /** Where the data are from, in words; undefined for sample data. */
  readonly source: string | undefined
  readonly panels: readonly ShownPanel[]
  readonly catalogue: Catalogue
  readonly missing: readonly Missing[]
  /** Tables of the catalogue that were copied from PostgreSQL; not kept with the data. */
  readonly origins?: ReadonlyMap<string, TableOrigin>
}

/** Told of each panel as soon as it is read, so that it can be drawn while the next one is. */
export type OnPanel = (shown: ShownPanel, period: ReportingPeriod) => void

/**
 * Reads what a dashboard shows from data that are loaded. A panel that cannot be shown says why, and leaves the others
 * alone.
 * @throws InvalidCatalogueError, InvalidInputError for what no panel could be true with
 * @throws DataNotFoundError where no table has a row
 */
export async function readDashboard(
  request: BuildRequest,
  session: DataSession,
  onPanel: OnPanel = () => {},
): Promise<DashboardData> {
  const {spec, catalogue, missing, source, zone, asOf} = request
  checkCatalogue(catalogue, await session.schema())
  assertFilters(spec, catalogue)
  await assertKeys(catalogue, session)
  await settleZones(catalogue, session)
  const period = await reportingPeriod(catalogue, session, {period: spec.period, zone, asOf})
  if (period === undefined) {
    const reasons = missing.filter(({kind}) => kind === 'metric').map(({title, reason}) => `${title} ${reason}`)
    throw new DataNotFoundError(`The data have nothing that ${spec.title} could show`, {
      ...(reasons[0] === undefined ? {} : {hint: `${reasons[0]}; ${whatThereIs(await session.schema())}`}),
      details: {missing},
    })
  }
  const panels: ShownPanel[] = []
  const add = (shown: ShownPanel) => {
    panels.push(shown)
    onPanel(shown, period)
  }
  for (const wanted of spec.panels) {
    const {panel, notes} = fitted(wanted, catalogue, missing)
    const problems = panelProblems(panel, spec, catalogue)
    if (problems.length > 0) {
      const told = problems.map(({message}) => reasonFor(message, missing))
      add({panel, notes, reason: [...new Set(told)].join('; ')})
      continue
    }
    try {
      add({panel, notes, data: await readPanel(panel, {catalogue, period, spec}, session)})
    } catch (error) {
      if (!(error instanceof OmniError) || error.code === 'cancelled') throw error
      add({panel, notes, reason: error.hint === undefined ? error.message : `${error.message}; ${error.hint}`})
    }
  }
  const {title, summary} = spec
  const copied = session.origins.size === 0 ? {} : {origins: session.origins}
  return {title, summary, spec, period, source, panels, catalogue, missing, ...copied}
}

/** A filter that no panel could obey would leave an empty page. */
function assertFilters({filters}: DashboardSpec, {dimensions}: Catalogue): void {
  const unknown = filters.find(({dimension}) => dimensions[dimension] === undefined)
  if (unknown === undefined) return
  const names = Object.keys(dimensions)
  throw new InvalidInputError(`Rows cannot be filtered by ${unknown.dimension}`, {
    hint: names.length === 0 ? 'these data have no dimension' : `there is ${names.join(', ')}`,
  })
}

/** What data have, for whoever takes them for something else; of many tables and columns the first. */
function whatThereIs(schema: DataSchema): string {
  const first = (names: readonly string[], most: number) =>
    names.slice(0, most).join(', ') + (names.length > most ? '…' : '')
  const tables = [...schema].slice(0, 3).map(([name, columns]) => `${name} (${first([...columns.keys()], 8)})`)
  return `there is ${tables.join(', ')}${schema.size > tables.length ? '…' : ''}`
}

/** What became of a panel, for whoever does not see the page. */
export function outcomeOf(shown: ShownPanel): PanelOutcome {
  const {id, title} = shown.panel
  if ('reason' in shown) return {id, title, status: 'not_shown', reason: shown.reason}
  return {id, title, status: shown.notes.length > 0 ? 'partial' : 'shown', reason: shown.notes[0] ?? null}
}

/** The panel with the metrics that there are, and what was left out of it. */
function fitted(
  panel: Panel,
  catalogue: Catalogue,
  missing: readonly Missing[],
): {panel: Panel; notes: readonly string[]} {
  if (panel.kind === 'figure') return fittedFigure(panel, catalogue, missing)
  if (panel.kind === 'matrix') return {panel, notes: []}
  const there = panel.metrics.filter(name => catalogue.metrics[name] !== undefined)
  const fewest = panel.kind === 'funnel' ? 2 : 1
  if (there.length < fewest || there.length === panel.metrics.length) return {panel, notes: []}
  const absent = panel.metrics.filter(name => !there.includes(name))
  const titles = absent.map(name => missing.find(each => each.name === name)?.title ?? name)
  const notes = [`Without ${titles.join(', ')}, which the data do not tell.`]
  if (panel.kind === 'trend' || panel.kind === 'funnel') return {panel: {...panel, metrics: there}, notes}
  const {rank_by: rank, ...rest} = panel
  const keeps = rank !== undefined && catalogue.metrics[rank] !== undefined
  return {panel: {...rest, metrics: there, ...(keeps ? {rank_by: rank} : {})}, notes}
}

/** A figure is worth showing without its target. */
function fittedFigure(panel: FigurePanel, {metrics}: Catalogue, missing: readonly Missing[]) {
  const {target, ...rest} = panel
  if (target === undefined || metrics[target] !== undefined) return {panel, notes: []}
  const title = missing.find(({name}) => name === target)?.title ?? target
  return {panel: rest, notes: [`Without ${title}, which the data do not tell.`]}
}

function reasonFor(message: string, missing: readonly Missing[]): string {
  const found = missing.find(({name}) => message.endsWith(` ${name}`))
  return found === undefined ? message : `${found.title} ${found.reason}`
}
