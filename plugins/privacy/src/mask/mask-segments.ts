import {CellMemory} from '../detect/cell-memory.ts'
import type {TextDetector} from '../detect/detector.ts'
import type {EntityType, Span} from '../detect/entity.ts'
import type {Segment, Value} from '../formats/segment.ts'
import type {Placeholders} from './placeholders.ts'
import {type MaskStyle, partial} from './replacement.ts'

export interface MaskOptions {
  readonly detector: TextDetector
  readonly style: MaskStyle
  readonly placeholders: Placeholders
  /** Told of every span that is replaced. */
  readonly found?: (type: EntityType) => void
}

/** The file with its personal data replaced, in pieces. What is not replaced is byte for byte what it was. */
export async function* maskSegments(
  segments: AsyncIterable<Iterable<Segment>>,
  options: MaskOptions,
): AsyncIterable<string> {
  const remembering = {...options, detector: new CellMemory(options.detector)}
  for await (const batch of segments) {
    const pieces: string[] = []
    for (const segment of batch) {
      if (segment.kind === 'copied') pieces.push(segment.raw)
      else {
        const preparing = remembering.detector.prepare(segment.text, {field: segment.field})
        if (preparing) await preparing
        pieces.push(maskValue(segment, remembering))
      }
    }
    yield pieces.join('')
  }
}

/** One value with its personal data replaced, still valid where it stands. */
export function maskValue(value: Value, options: MaskOptions): string {
  const spans = options.detector.detect(value.text, {field: value.field})
  if (spans.length === 0) return value.raw
  if (value.bare) return maskBare(value, spans, options)
  const pieces: string[] = []
  let copiedTo = 0
  for (const span of spans) {
    const start = value.rawOffset(span.start)
    const end = value.rawOffset(span.end)
    pieces.push(value.raw.slice(copiedTo, start), replacementOf(span.type, value.raw.slice(start, end), false, options))
    options.found?.(span.type)
    copiedTo = end
  }
  pieces.push(value.raw.slice(copiedTo))
  return pieces.join('')
}

/** A JSON number becomes a string as a whole. */
function maskBare(value: Value, spans: readonly Span[], options: MaskOptions): string {
  const type = (spans[0] as Span).type
  options.found?.(type)
  return `"${replacementOf(type, value.raw, true, options)}"`
}

/** What a value becomes, in the style that is asked for. */
export function replacementOf(type: EntityType, raw: string, bare: boolean, options: MaskOptions): string {
  switch (options.style) {
    case 'numbered':
      return options.placeholders.of({type, raw, bare})
    case 'label':
      return `[${type}]`
    case 'partial':
      return partial(type, raw)
    case 'block':
      return '█'.repeat([...raw].length)
  }
}
