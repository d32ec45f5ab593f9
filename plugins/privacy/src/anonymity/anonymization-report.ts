import type {Objective} from './information-loss.ts'
import type {Risk} from './risk.ts'

export interface AnonymizationReport {
  readonly rows: number
  readonly persons: number
  readonly algorithm: 'optimal' | 'mondrian'
  readonly k: number
  readonly attributes: readonly AttributeReport[]
  readonly suppressedRows: number
  readonly suppressedShare: number
  readonly informationLoss: {
    /** In bits; absent for Mondrian, which has no level per attribute. */
    readonly entropy?: number
    readonly entropyWithSuppression?: number
    /** Entropy with suppression, as a share of what is lost where nothing is published. */
    readonly entropyShare?: number
    readonly discernibility: number
    /** Mean and geometric mean over attributes of ARX's loss; absent for Mondrian. */
    readonly loss?: number
    readonly lossGeometric?: number
    /** The global certainty penalty. */
    readonly certaintyPenalty: number
  }
  readonly risk: {readonly before: Risk; readonly after: Risk}
  /** Absent for Mondrian. */
  readonly search?: {
    readonly objective: Objective
    readonly cost: number
    readonly nodes: number
    readonly checked: number
  }
  /** Columns that are not published. */
  readonly dropped: readonly string[]
}

export interface AttributeReport {
  readonly name: string
  /** The level it is generalised to, and the highest there is; absent for Mondrian. */
  readonly level?: number
  readonly highestLevel?: number
  /** Absent for Mondrian. */
  readonly loss?: number
  readonly certaintyPenalty: number
}
