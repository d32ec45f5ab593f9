import type {TextSegment} from '@omni-ops/core/reading'
import type {Page} from '../documents/document.ts'
import {EmptyDocumentError} from '../documents/errors.ts'
import type {LoadBudget} from './limits.ts'
import type {ParsedText} from './parsed-text.ts'
import {parsePlainText} from './plain-text.ts'
import {TextBuilder} from './text-builder.ts'

/** What was read of pages that had no text of their own. @throws EmptyDocumentError, and what the budget throws */
export function pagesFrom(segments: readonly TextSegment[], budget: LoadBudget): ParsedText {
  const count = Math.max(0, ...segments.map(({page}) => page ?? 1))
  return assembled(count, () => undefined, segments, budget)
}

/** A document with what was read of its pages that had no text. @throws what the budget throws */
export function withPages(parsed: ParsedText, segments: readonly TextSegment[], budget: LoadBudget): ParsedText {
  const {pages = [], blocks} = parsed
  const partOf = (number: number): Pick<ParsedText, 'text' | 'blocks'> | undefined => {
    const page = pages[number - 1]!
    const own = blocks.filter(({start, end}) => start >= page.start && end <= page.end)
    return own.length === 0 ? undefined : {text: parsed.text, blocks: own}
  }
  return {...parsed, ...assembled(pages.length, partOf, segments, budget)}
}

function assembled(
  count: number,
  partOf: (page: number) => Pick<ParsedText, 'text' | 'blocks'> | undefined,
  segments: readonly TextSegment[],
  budget: LoadBudget,
): Required<Pick<ParsedText, 'text' | 'blocks' | 'pages'>> {
  const builder = new TextBuilder(budget)
  const pages: Page[] = []
  for (let number = 1; number <= count; number++) {
    const start = builder.nextStart
    const own = partOf(number)
    if (own) builder.append(own)
    else for (const {text} of segments.filter(({page = 1}) => page === number)) builder.append(read(text))
    // A page without text is an empty range where the next one begins.
    const hasText = builder.end > start
    pages.push({number, start: hasText ? start : builder.end, end: builder.end})
  }
  if (builder.end === 0) {
    throw new EmptyDocumentError(budget.source, 'shows no text that could be read', {
      hint: 'look whether it is sharp and in a language of vision.languages; what is a mere picture can be left out',
    })
  }
  return {...builder.build(), pages}
}

function read(text: string): ParsedText {
  return parsePlainText(text.toWellFormed())
}
