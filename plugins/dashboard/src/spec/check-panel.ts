import {additivityOf, type Catalogue, type Metric, partsOf, type Unit} from '../catalogue/catalogue.ts'
import {
  type DashboardSpec,
  dimensionsOf,
  type FunnelPanel,
  type Grain,
  metricsOf,
  type Panel,
} from './dashboard-spec.ts'

/** Why a panel cannot be shown: something is missing, or it would not be true. */
export interface PanelProblem {
  readonly code:
    'missing_metric' | 'missing_dimension' | 'unreachable_dimension' | 'mixed_units' | 'not_additive' | 'no_time'
  readonly message: string
}

/** Everything that speaks against a panel before any row is read; empty where nothing does. */
export function panelProblems(
  panel: Panel,
  spec: Pick<DashboardSpec, 'filters'>,
  catalogue: Catalogue,
): readonly PanelProblem[] {
  const metrics = metricsOf(panel)
  const dimensions = dimensionsOf(panel, spec)
  const missing: PanelProblem[] = [
    ...metrics
      .filter(name => catalogue.metrics[name] === undefined)
      .map(name => ({code: 'missing_metric' as const, message: `there is no metric ${name}`})),
    ...dimensions
      .filter(name => catalogue.dimensions[name] === undefined)
      .map(name => ({code: 'missing_dimension' as const, message: `there is no dimension ${name}`})),
  ]
  if (missing.length > 0) return missing
  const parts = metrics.flatMap(name => partsOf(name, catalogue))
  return [
    ...parts
      .filter(([, {table}]) => catalogue.tables[table]?.time === undefined)
      .map(([name, {table}]) => ({
        code: 'no_time' as const,
        message: `${name} has no time: ${table} names no column for it`,
      })),
    ...parts.flatMap(([name, {table}]) =>
      dimensions
        .filter(dimension => pathTo(table, catalogue.dimensions[dimension]!.table, catalogue) === undefined)
        .map(dimension => ({
          code: 'unreachable_dimension' as const,
          message:
            `${name} cannot be told by ${dimension}: no row of ${table} leads to one row of ` +
            `${catalogue.dimensions[dimension]!.table}, and over many it would be counted more than once`,
        })),
    ),
    ...kindProblems(panel, catalogue),
  ]
}

function kindProblems(panel: Panel, catalogue: Catalogue): readonly PanelProblem[] {
  switch (panel.kind) {
    case 'trend':
      return trendProblems(panel, catalogue)
    case 'figure':
      return panel.target === undefined ? [] : unitProblems([panel.metric, panel.target], catalogue, 'it is its target')
    case 'funnel':
      return funnelProblems(panel, catalogue)
    case 'matrix':
      return hourProblems([panel.metric], panel.grain, catalogue)
    case 'breakdown':
      return []
  }
}

/** A way has steps that are counted: one of averages or amounts would lead nowhere. */
function funnelProblems({metrics}: FunnelPanel, catalogue: Catalogue): readonly PanelProblem[] {
  return metrics.flatMap((name): PanelProblem[] => {
    const {kind, unit} = catalogue.metrics[name]!
    if (unit.kind === 'count' && ['count', 'distinct', 'sum'].includes(kind)) return []
    return [{code: 'not_additive', message: `${name} is no count, of which a step of a funnel could be a share`}]
  })
}

function unitProblems(names: readonly string[], {metrics}: Catalogue, reason: string): readonly PanelProblem[] {
  const [first, ...others] = names
  return others
    .filter(name => !sameUnit(metrics[name]!.unit, metrics[first!]!.unit))
    .map(name => ({code: 'mixed_units', message: `${name} has another unit than ${first}, and ${reason}`}))
}

function trendProblems(panel: Panel & {kind: 'trend'}, catalogue: Catalogue): readonly PanelProblem[] {
  const metrics = panel.metrics.map(name => [name, catalogue.metrics[name] as Metric] as const)
  const problems: PanelProblem[] = [...unitProblems(panel.metrics, catalogue, 'there is one axis')]
  if (panel.mark === 'stacked') {
    for (const [name, metric] of metrics) {
      if (additivityOf(metric) === 'none') {
        problems.push({
          code: 'not_additive',
          message: `${name} is a ${metric.kind}: its parts, one upon the other, are no whole`,
        })
      }
    }
    if (panel.split === undefined)
      problems.push({
        code: 'not_additive',
        message: 'metrics are no parts of each other: stack one metric, split by a dimension',
      })
  }
  return [...problems, ...hourProblems(panel.metrics, panel.grain, catalogue)]
}

function hourProblems(
  metrics: readonly string[],
  grain: Grain | undefined,
  catalogue: Catalogue,
): readonly PanelProblem[] {
  if (grain !== 'hour') return []
  return metrics
    .flatMap(name => partsOf(name, catalogue))
    .filter(([, {table}]) => catalogue.tables[table]?.time?.kind === 'date')
    .map(([name]) => ({code: 'no_time', message: `${name} has dates, which know no hours`}))
}

export function sameUnit(one: Unit, other: Unit): boolean {
  if (one.kind !== other.kind) return false
  if (one.kind !== 'currency' || other.kind !== 'currency') return true
  return one.currency === other.currency && one.column === other.column
}

/**
 * The joins from one table to another, each from many rows to one; undefined where there are none. Only such a path
 * leaves the number of rows as it is.
 */
export function pathTo(from: string, to: string, catalogue: Catalogue): readonly Step[] | undefined {
  const paths = new Map<string, readonly Step[]>([[from, []]])
  for (const [table, path] of paths) {
    if (table === to) return path
    for (const {table: next, on} of catalogue.tables[table]?.joins ?? []) {
      if (!paths.has(next)) paths.set(next, [...path, {from: table, to: next, on}])
    }
  }
  return undefined
}

export interface Step {
  readonly from: string
  readonly to: string
  /** Columns of `from`, with those of `to` that they equal. */
  readonly on: Readonly<Record<string, string>>
}
