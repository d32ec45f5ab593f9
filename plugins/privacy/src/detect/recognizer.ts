import type {EntityType, Span} from './entity.ts'
import type {TextDocument} from './text-document.ts'

/** A span as a recognizer reports it: offsets are into the normalised text, the name is filled in by the detector. */
export interface Finding {
  readonly type: EntityType
  readonly start: number
  readonly end: number
  readonly score: number
  readonly evidence: readonly string[]
}

/** Something that finds personal data of some kinds. It keeps nothing between texts, and its work grows linearly with the text. */
export interface Recognizer {
  readonly name: string
  readonly types: readonly EntityType[]
  find(document: TextDocument, report: (finding: Finding) => void): void
}

export type {Span}
