import type {TextSegment} from '@omni-ops/core/reading'
import type {Page} from '../documents/document.ts'
import {EmptyDocumentError} from '../documents/errors.ts'
import type {LoadBudget} from './limits.ts'
import type {ParsedText} from './parsed-text.ts'
import {TextBuilder} from './text-builder.ts'

/** Seconds of a recording that are cited together. */
const minute = 60

/**
 * What is said in a recording, a paragraph for each minute. Minutes are its pages: the first is page 1, and one in which
 * nobody speaks is an empty page, so that a citation leads to the minute in which a sentence begins.
 *
 * @throws EmptyDocumentError, and what the budget throws
 */
export function minutesFrom(segments: readonly TextSegment[], budget: LoadBudget): ParsedText {
  const minuteOf = ({seconds}: TextSegment) => Math.floor((seconds?.start ?? 0) / minute) + 1
  const builder = new TextBuilder(budget)
  const pages: Page[] = []
  const count = Math.max(0, ...segments.map(minuteOf))
  for (let number = 1; number <= count; number++) {
    const start = builder.nextStart
    const said = segments.filter(segment => minuteOf(segment) === number).map(({text}) => text.trim())
    builder.add('paragraph', said.join(' ').toWellFormed())
    const hasText = builder.end > start
    pages.push({number, start: hasText ? start : builder.end, end: builder.end})
  }
  if (builder.end === 0) {
    throw new EmptyDocumentError(budget.source, 'has no speech in it that could be understood', {
      hint: 'listen to it, and leave it out where nobody speaks',
    })
  }
  return {...builder.build(), pages}
}
