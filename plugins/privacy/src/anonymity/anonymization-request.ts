import {TableError} from './errors.ts'
import type {HierarchySource} from './hierarchy-source.ts'
import type {Objective} from './information-loss.ts'
import type {PresenceModel, SensitiveModel} from './privacy-models.ts'

/** A sensitive model as it is asked for; the hierarchy of a distance is resolved by name. */
export type SensitiveRequest =
  | Exclude<SensitiveModel, {readonly kind: 't-closeness'}>
  | {
      readonly kind: 't-closeness'
      readonly attribute: string
      readonly t: number
      readonly distance: 'equal' | 'ordered' | HierarchySource
    }

export interface AnonymizationRequest {
  readonly quasiIdentifiers: readonly {readonly name: string; readonly hierarchy: HierarchySource}[]
  readonly sensitive: readonly SensitiveRequest[]
  /** The column that names the person of a row. It is not published. */
  readonly person?: string
  /** The column that tells rows of the table from the population around it: 1, true or yes. It is not published. */
  readonly subset?: string
  /** Columns that are published as they are, besides the sensitive ones. */
  readonly keep: readonly string[]
  readonly k: number
  readonly presence?: PresenceModel
  /** The share of rows that may be suppressed, 0 to 1. */
  readonly suppressionLimit: number
  readonly algorithm: 'optimal' | 'mondrian'
  readonly objective: Objective
  /** A risk above this counts as at risk. */
  readonly riskThreshold: number
}

/** Throws TableError where a request contradicts itself. */
export function requireConsistent(request: AnonymizationRequest): void {
  const {quasiIdentifiers, sensitive, person, subset, keep, presence, algorithm} = request
  if (quasiIdentifiers.length === 0) {
    throw new TableError('No quasi-identifier was named', {
      hint: 'name the columns by which somebody could be recognised',
    })
  }
  const roles = [
    ...quasiIdentifiers.map(({name}) => name),
    ...new Set(sensitive.map(({attribute}) => attribute)),
    ...keep,
    ...[person, subset].filter(name => name !== undefined),
  ]
  const twice = roles.find((name, index) => roles.indexOf(name) !== index)
  if (twice !== undefined) throw new TableError(`Column "${twice}" is given two roles`)
  if (presence && !subset) throw new TableError('δ-presence needs the column that tells the table from its population')
  if (presence && algorithm === 'mondrian') throw new TableError('Mondrian does not support δ-presence')
}
