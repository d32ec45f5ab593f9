import {contextWord} from './context.ts'
import type {EntityType, Span} from './entity.ts'
import {normalizeText} from './normalize.ts'
import type {Finding, Recognizer} from './recognizer.ts'
import {resolveOverlaps} from './resolve.ts'
import {TextDocument} from './text-document.ts'

export interface DetectOptions {
  /** The name of the column or key that the text is the value of. */
  readonly field?: string
}

export interface DetectorOptions {
  readonly recognizers: readonly Recognizer[]
  /** Only these; all by default. */
  readonly types?: readonly EntityType[]
  /** Spans below are left out; from 0 to 1. */
  readonly threshold?: number
}

export const defaultThreshold = 0.5

/** A number this short is nobody's, unless the name of its column says otherwise. */
const plainNumber = /^[-+]?\d{0,6}(?:[.,]\d{1,4})?$/
const longestPlain = 12

const contextBoost = 0.35
const most = 0.99

/** Finds personal data in texts. It keeps nothing between two texts. */
export class Detector {
  readonly #recognizers: readonly Recognizer[]
  readonly #types: ReadonlySet<EntityType> | undefined
  readonly #threshold: number

  constructor(options: DetectorOptions) {
    this.#recognizers = options.recognizers
    this.#types = options.types && new Set(options.types)
    this.#threshold = options.threshold ?? defaultThreshold
  }

  /** The spans of a text in order, without overlaps. Offsets are UTF-16 and into the text as given. */
  detect(original: string, options: DetectOptions = {}): Span[] {
    if (original === '' || (original.length <= longestPlain && plainNumber.test(original) && !options.field)) return []
    const normalized = normalizeText(original)
    const document = new TextDocument(normalized.text, options.field)
    const candidates: Span[] = []
    for (const recognizer of this.#recognizers) {
      recognizer.find(document, finding => {
        const span = this.#judge(document, recognizer.name, finding)
        if (span) candidates.push(span)
      })
    }
    const resolved = resolveOverlaps(candidates).filter(span => this.#types?.has(span.type) ?? true)
    return resolved.map(span => ({
      ...span,
      start: normalized.originalStart(span.start),
      end: normalized.originalEnd(span.end),
    }))
  }

  #judge(document: TextDocument, recognizer: string, finding: Finding): Span | undefined {
    if (finding.end <= finding.start) return undefined
    const word = finding.score < most ? contextWord(document, finding.type, finding.start, finding.end) : undefined
    const score = word === undefined ? finding.score : Math.min(most, finding.score + contextBoost)
    if (score < this.#threshold) return undefined
    const evidence = word === undefined ? finding.evidence : [...finding.evidence, `context "${word}"`]
    const type = finding.type === 'DATE_TIME' && isBirth(document, finding) ? 'DATE_OF_BIRTH' : finding.type
    return {type, start: finding.start, end: finding.end, score, recognizer, evidence}
  }
}

function isBirth(document: TextDocument, {start, end}: Finding): boolean {
  return contextWord(document, 'DATE_OF_BIRTH', start, end) !== undefined
}
