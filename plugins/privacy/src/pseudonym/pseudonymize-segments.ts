import {CellMemory} from '../detect/cell-memory.ts'
import type {TextDetector} from '../detect/detector.ts'
import type {EntityType} from '../detect/entity.ts'
import type {Segment, Value} from '../formats/segment.ts'
import type {Pseudonyms} from './pseudonymizer.ts'

export interface PseudonymizeOptions {
  readonly pseudonymizer: Pseudonyms
  /** Columns or keys whose values are replaced whole, whatever they hold. */
  readonly fields: ReadonlySet<string>
  /** Finds personal data in everything else; left out, everything else stays. */
  readonly detector?: TextDetector
  /** Told of every value that is replaced; `field` where it was replaced whole. */
  readonly replaced?: (type: EntityType | 'field') => void
}

/** The file with its values replaced by pseudonyms, in pieces; still valid, and the rest byte for byte what it was. */
export async function* pseudonymizeSegments(
  segments: AsyncIterable<Iterable<Segment>>,
  options: PseudonymizeOptions,
): AsyncIterable<string> {
  const memory = options.detector && new CellMemory(options.detector)
  const remembering = memory ? {...options, detector: memory} : options
  for await (const batch of segments) {
    const pieces: string[] = []
    for (const segment of batch) {
      if (segment.kind === 'copied') pieces.push(segment.raw)
      else {
        const preparing = memory?.prepare(segment.text, {field: segment.field})
        if (preparing) await preparing
        pieces.push(pseudonymizeValue(segment, remembering))
      }
    }
    yield pieces.join('')
  }
}

/** One value, whole or span by span. */
export function pseudonymizeValue(value: Value, options: PseudonymizeOptions): string {
  const {pseudonymizer, fields, detector, replaced} = options
  if (fields.has(value.field)) {
    if (value.text.trim() === '') return value.raw
    replaced?.('field')
    const pseudonym = pseudonymizer.pseudonym(value.text)
    return value.bare || value.raw.startsWith('"') ? `"${pseudonym}"` : pseudonym
  }
  if (!detector) return value.raw
  const spans = detector.detect(value.text, {field: value.field})
  if (spans.length === 0) return value.raw
  const pieces: string[] = []
  let copiedTo = 0
  for (const span of spans) {
    const text = value.text.slice(span.start, span.end)
    replaced?.(span.type)
    if (value.bare) return `"${pseudonymizer.pseudonym(value.text, span.type)}"`
    pieces.push(value.raw.slice(copiedTo, value.rawOffset(span.start)), pseudonymizer.pseudonym(text, span.type))
    copiedTo = value.rawOffset(span.end)
  }
  return [...pieces, value.raw.slice(copiedTo)].join('')
}
