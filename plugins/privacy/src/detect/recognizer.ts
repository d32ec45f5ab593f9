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

/** What a recognizer has to see in a text to find anything; bits of a set. */
export const Sign = {
  digit: 1,
  letter: 2,
  capital: 4,
  colon: 8,
  /** `@`, or a bracket around what stands for it. */
  at: 16,
  dot: 32,
} as const

/** Something that finds personal data of some kinds. It keeps nothing between texts, and its work grows linearly with the text. */
export interface Recognizer {
  readonly name: string
  readonly types: readonly EntityType[]
  /** A text without any of these {@link Sign}s holds nothing for it; left out, every text is looked at. */
  readonly signs?: number
  find(document: TextDocument, report: (finding: Finding) => void): void
}

export type {Span}
