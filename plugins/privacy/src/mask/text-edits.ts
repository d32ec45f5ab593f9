import type {TextDetector} from '../detect/detector.ts'
import type {EntityType} from '../detect/entity.ts'
import {type MaskOptions, replacementOf} from './mask-segments.ts'
import {placeholderPattern} from './unmask.ts'
import type {PlaceholderEntry} from './placeholders.ts'

/** A stretch of a text and what it becomes; offsets are UTF-16, the end exclusive. */
export interface TextEdit {
  readonly start: number
  readonly end: number
  readonly type: EntityType
  readonly replacement: string
}

/** What is replaced in a text of a document, in order and without overlaps. A known type is that of a text which is personal as a whole. */
export type EditsOf = (text: string, field: string, whole?: EntityType) => Promise<readonly TextEdit[]>

/** Replaces personal data. */
export function maskingEdits(options: MaskOptions & {readonly types: readonly EntityType[]}): EditsOf {
  const {types} = options
  const detector: TextDetector = options.detector
  return async (text, field, whole) => {
    const preparing = detector.prepare?.(text, {field})
    if (preparing) await preparing
    const spans = detector.detect(text, {field})
    const isAsked = whole !== undefined && (types.length === 0 || types.includes(whole))
    // An author's name may be one that no list knows, or that of an account.
    const found = isAsked && text.trim() !== '' ? [{start: 0, end: text.length, type: whole}] : spans
    return found.map(({start, end, type}) => ({
      start,
      end,
      type,
      replacement: replacementOf(type, text.slice(start, end), false, options),
    }))
  }
}

/** Brings back what a map keeps. */
export function restoringEdits(tag: string, entries: ReadonlyMap<string, PlaceholderEntry>): EditsOf {
  const pattern = placeholderPattern(tag)
  return async text =>
    [...text.matchAll(pattern)].flatMap(({0: name, index}) => {
      const entry = entries.get(name)
      return entry ? [{start: index, end: index + name.length, type: entry.type, replacement: entry.raw}] : []
    })
}
