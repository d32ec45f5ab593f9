import type {Handler} from '@omni-ops/core/operation'
import {additivityOf, type Catalogue, partsOf} from '../catalogue/catalogue.ts'
import type {catalog} from '../operations/catalog.ts'
import {describeMetric} from '../render/describe-metric.ts'
import {templateNamed, templates} from '../templates/index.ts'

export const handle: Handler<typeof catalog> = async ({type}) => {
  const chosen = type === undefined ? templates : [templateNamed(type)]
  return {
    entries: chosen.flatMap(({name: of, catalogue}) => [
      ...Object.entries(catalogue.metrics).map(([name, metric]) => ({
        type: of,
        kind: 'metric' as const,
        name,
        title: metric.title,
        made_of: describeMetric(metric, catalogue),
        grain: [...new Set(partsOf(name, catalogue).map(([, {table}]) => grainOf(table, catalogue)))].join('; '),
        unit: unitOf(metric.unit),
        additivity: additivityOf(metric),
      })),
      ...Object.entries(catalogue.dimensions).map(([name, {title, table, column}]) => ({
        type: of,
        kind: 'dimension' as const,
        name,
        title,
        made_of: `${table}.${column}`,
        grain: grainOf(table, catalogue),
        unit: null,
        additivity: null,
      })),
    ]),
  }
}

const grainOf = (table: string, {tables}: Catalogue) => `${table} by ${tables[table]!.key.join(', ')}`

function unitOf(unit: Catalogue['metrics'][string]['unit']): string {
  if (unit.kind === 'currency') return unit.currency ?? `currency of ${unit.column}`
  return 'noun' in unit && unit.noun !== undefined ? unit.noun : unit.kind
}
