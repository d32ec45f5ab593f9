import {Catalogue, type Measure, type Unit} from '../catalogue/catalogue.ts'
import {DashboardSpec} from '../spec/dashboard-spec.ts'
import type {SampleColumns, SampleOptions, SampleRow} from '../sample/sample-table.ts'
import type {Template} from './template.ts'
import type * as z from 'zod'

type CatalogueInput = z.input<typeof Catalogue>
type SpecInput = z.input<typeof DashboardSpec>

interface TableDefinition {
  readonly columns: SampleColumns
  readonly key: readonly string[]
  readonly time: string
  readonly measures?: Readonly<Record<string, Measure>>
  readonly ahead?: true
  readonly rows: (options: SampleOptions) => Iterable<SampleRow>
}

export interface TemplateDefinition {
  readonly name: string
  readonly priority: 1 | 2 | 3
  readonly summary: string
  readonly tables: Readonly<Record<string, TableDefinition>>
  readonly metrics: CatalogueInput['metrics']
  readonly dimensions: CatalogueInput['dimensions']
  readonly synonyms?: Readonly<Record<string, readonly string[]>>
  readonly period: SpecInput['period']
  readonly panels: SpecInput['panels']
}

/** A template from one description of its tables, so that what it needs and what its sample has cannot differ. */
export function defineTemplate(definition: TemplateDefinition): Template {
  const {name, priority, summary, tables, metrics, dimensions, synonyms = {}, period, panels} = definition
  const catalogue = Catalogue.parse({
    version: 1,
    tables: Object.fromEntries(
      Object.entries(tables).map(([table, {key, time, measures = {}, ahead, columns}]) => [
        table,
        {
          key: [...key],
          time: {column: time, kind: columns[time] === 'DATE' ? 'date' : 'instant'},
          measures: {...measures},
          ...(ahead ? {ahead} : {}),
        },
      ]),
    ),
    metrics,
    dimensions,
  } satisfies CatalogueInput)
  return {
    name,
    priority,
    summary,
    catalogue,
    synonyms,
    spec: DashboardSpec.parse({version: 1, title: name, summary, period, panels}),
    sample: options =>
      Object.fromEntries(
        Object.entries(tables).map(([table, {columns, rows}]) => [table, {columns, rows: rows(options)}]),
      ),
  }
}

/** Money in the currency that each row names. */
export const money: Unit = {kind: 'currency', column: 'currency'}
export const dollars: Unit = {kind: 'currency', currency: 'USD'}
export const share: Unit = {kind: 'share'}
export const counted = (noun: string): Unit => ({kind: 'count', noun})
