import {withContactBlocks} from './contact-block.ts'
import {contextWord} from './context.ts'
import type {EntityType, Span} from './entity.ts'
import {normalizeText} from './normalize.ts'
import type {Finding, Recognizer} from './recognizer.ts'
import {isTellingField} from './recognizers/field-value.ts'
import {resolveOverlaps} from './resolve.ts'
import {signsOf} from './signs.ts'
import {fieldWords, TextDocument} from './text-document.ts'

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

/** What rounds to the highest class of {@link resolveOverlaps}. */
const surest = 0.9

const contextBoost = 0.35
const most = 0.99

/** What finds personal data in a text. */
export interface TextDetector {
  /** The spans of a text in order, without overlaps. Offsets are UTF-16 and into the text as given. */
  detect(text: string, options?: DetectOptions): readonly Span[]
  /** Has to be awaited before a text is looked at, where there is something to await. */
  prepare?(text: string, options?: DetectOptions): Promise<void> | undefined
}

/** Finds personal data in texts. It keeps nothing between two texts. */
export class Detector implements TextDetector {
  readonly #recognizers: readonly Recognizer[]
  readonly #types: ReadonlySet<EntityType> | undefined
  readonly #threshold: number

  constructor(options: DetectorOptions) {
    this.#recognizers = options.recognizers
    this.#types = options.types && new Set(options.types)
    this.#threshold = options.threshold ?? defaultThreshold
  }

  /** The spans of a text in order, without overlaps. Offsets are UTF-16 and into the text as given. */
  detect(original: string, options: DetectOptions = {}): readonly Span[] {
    if (original === '' || (original.length <= longestPlain && isPlain(original, options.field))) return []
    const normalized = normalizeText(original)
    const document = new TextDocument(normalized.text, options.field)
    const candidates: Span[] = []
    const signs = signsOf(normalized.text)
    let recognizerName = ''
    let settled = false
    const report = (finding: Finding) => {
      const span = this.#judge(document, recognizerName, finding)
      if (!span) return
      candidates.push(span)
      settled ||= span.score >= surest && span.start === 0 && span.end === normalized.text.length
    }
    for (const recognizer of this.#recognizers) {
      if (recognizer.signs !== undefined && (recognizer.signs & signs) === 0) continue
      recognizerName = recognizer.name
      recognizer.find(document, report)
      // Nothing outdoes a finding of all of the text in the highest class: see resolveOverlaps.
      if (settled) break
    }
    if (candidates.length === 0) return []
    const resolved = candidates.length === 1 ? candidates : resolveOverlaps(candidates)
    const found = withContactBlocks(document, resolved)
    const asked = this.#types === undefined ? found : found.filter(span => this.#types?.has(span.type))
    if (normalized.isAligned) return asked
    return asked.map(span => ({
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

function isPlain(text: string, field = ''): boolean {
  return plainNumber.test(text) && (field === '' || !isTellingField(fieldWords(field)))
}

function isBirth(document: TextDocument, {start, end}: Finding): boolean {
  return contextWord(document, 'DATE_OF_BIRTH', start, end) !== undefined
}
