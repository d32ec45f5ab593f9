import {CellMemory} from '../detect/cell-memory.ts'
import type {TextDetector} from '../detect/detector.ts'
import type {Span} from '../detect/entity.ts'
import type {Segment, Value} from '../formats/segment.ts'
import {type Place, placeText, type PlacedText} from './placed-text.ts'

/** A span of a file, with where a person finds it. */
export interface FoundSpan extends Place {
  readonly source: string
  /** Where it stands, in one line: `2:11`, `page 2, 4:17`, `customers.email, id 7`. */
  readonly where: string
  /** From 1; of a text or of the page of a PDF. */
  readonly line?: number
  /** UTF-16 code units from the line's beginning, from 1. */
  readonly column?: number
  /** UTF-16 offsets into the file's text, or that of the page, paragraph or cell; the end is exclusive. */
  readonly start: number
  readonly end: number
  /** The column or key, where the file has such. */
  readonly field?: string
  readonly type: Span['type']
  readonly score: number
  /** What it means, unescaped. */
  readonly value: string
  readonly recognizer: string
  readonly evidence: readonly string[]
}

/** The personal data of a file's segments, in order. */
export async function* scanSegments(
  source: string,
  segments: AsyncIterable<Iterable<Segment>>,
  detector: TextDetector,
): AsyncIterable<FoundSpan> {
  const position = new Position()
  const memory = new CellMemory(detector)
  for await (const batch of segments) {
    for (const segment of batch) {
      if (segment.kind === 'value') {
        const preparing = memory.prepare(segment.text, {field: segment.field})
        if (preparing) await preparing
        yield* foundIn(segment, source, position, memory)
      }
      position.pass(segment.raw)
    }
  }
}

function* foundIn(segment: Value, source: string, position: Position, detector: TextDetector): Generator<FoundSpan> {
  for (const span of detector.detect(segment.text, {field: segment.field})) {
    const start = segment.rawOffset(span.start)
    const at = position.at(segment.raw, start)
    yield {
      source,
      where: placeText({}, undefined, at.line, at.column),
      ...at,
      start: position.offset + start,
      end: position.offset + segment.rawOffset(span.end),
      ...(segment.field === '' ? {} : {field: segment.field}),
      type: span.type,
      score: Number(span.score.toFixed(2)),
      value: segment.text.slice(span.start, span.end),
      recognizer: span.recognizer,
      evidence: span.evidence,
    }
  }
}

/** The personal data of texts that stand in pages, paragraphs and cells. */
export async function* scanPlacedTexts(
  source: string,
  texts: AsyncIterable<PlacedText>,
  detector: TextDetector,
): AsyncIterable<FoundSpan> {
  const memory = new CellMemory(detector)
  for await (const {text, field, place} of texts) {
    const preparing = memory.prepare(text, {field})
    if (preparing) await preparing
    for (const span of memory.detect(text, {field})) {
      // Lines are what a person counts on a page, and nowhere else.
      const at = place.page === undefined || place.page === 0 ? undefined : new Position().at(text, span.start)
      yield {
        source,
        where: placeText(place, field === '' ? undefined : field, at?.line, at?.column),
        ...place,
        ...at,
        start: span.start,
        end: span.end,
        ...(field === '' ? {} : {field}),
        type: span.type,
        score: Number(span.score.toFixed(2)),
        value: text.slice(span.start, span.end),
        recognizer: span.recognizer,
        evidence: span.evidence,
      }
    }
  }
}

/** Line, column and offset of the place up to which a file was read. */
class Position {
  offset = 0
  #line = 1
  #lineStart = 0

  at(raw: string, within: number): {line: number; column: number} {
    let line = this.#line
    let lineStart = this.#lineStart
    for (let end = raw.indexOf('\n'); end >= 0 && end < within; end = raw.indexOf('\n', end + 1)) {
      line++
      lineStart = this.offset + end + 1
    }
    return {line, column: this.offset + within - lineStart + 1}
  }

  pass(raw: string): void {
    for (let end = raw.indexOf('\n'); end >= 0; end = raw.indexOf('\n', end + 1)) {
      this.#line++
      this.#lineStart = this.offset + end + 1
    }
    this.offset += raw.length
  }
}
