import {type Catalogue, partsOf} from '../catalogue/catalogue.ts'
import {pathTo} from '../spec/check-panel.ts'
import type {PromptTerms} from './prompt-terms.ts'

/** Everything that a proposal may name. */
export interface ProposalWords {
  readonly metrics: readonly string[]
  readonly dimensions: readonly string[]
  /** By dimension, the values that filters may have. */
  readonly values: ReadonlyMap<string, readonly string[]>
  readonly operators: readonly ('in' | 'not_in')[]
}

/** The metrics that have a time, the dimensions that one of them can be told by, and the values that the prompt names. */
export function proposalWords(catalogue: Catalogue, {values, excludes}: PromptTerms): ProposalWords {
  const metrics = Object.keys(catalogue.metrics).filter(name => isTimed(name, catalogue))
  const told = new Set(metrics.flatMap(name => dimensionsFor(name, catalogue)))
  const dimensions = Object.keys(catalogue.dimensions).filter(name => told.has(name))
  const named = values.filter(({dimension}) => told.has(dimension))
  return {
    metrics,
    dimensions,
    values: new Map(
      [...Map.groupBy(named, ({dimension}) => dimension)].map(([dimension, each]) => [
        dimension,
        each.map(({value}) => value),
      ]),
    ),
    operators: excludes ? ['in', 'not_in'] : ['in'],
  }
}

function isTimed(name: string, catalogue: Catalogue): boolean {
  const parts = partsOf(name, catalogue)
  return parts.length > 0 && parts.every(([, {table}]) => catalogue.tables[table]?.time !== undefined)
}

/** The dimensions that a metric can be told by, with no row counted twice. */
export function dimensionsFor(name: string, catalogue: Catalogue): readonly string[] {
  const parts = partsOf(name, catalogue)
  return Object.entries(catalogue.dimensions)
    .filter(([, {table}]) => parts.every(([, part]) => pathTo(part.table, table, catalogue) !== undefined))
    .map(([dimension]) => dimension)
}
