import type {Block} from '../documents/document.ts'
import type {ParsedText} from './parsed-text.ts'
import {isBlankLine, textLines} from './text-lines.ts'

/** A line that ends or continues what is above it, though it is not indented. */
const CONTINUATION =
  /^(?:[})\]>;,.:?|&+*/-]|end\b|else\b|elif\b|elsif\b|except\b|catch\b|finally\b|then\b|do\b|where\b|"""|''')/

/**
 * Source code of any language: a block for each stretch of code that begins at the left margin after a blank line,
 * which is how functions, classes and groups of declarations stand apart in nearly all of them. Comments and
 * attributes above a definition are part of its block, since no blank line parts them. The text stays as it is.
 */
export function parseSourceCode(text: string): ParsedText {
  const lines = textLines(text)
  const blocks: Block[] = []
  let start = -1
  let end = 0
  let afterBlank = true
  for (const line of lines) {
    if (isBlankLine(line)) {
      afterBlank = true
      continue
    }
    const begins = start === -1 || (afterBlank && line.indentation === 0 && !CONTINUATION.test(line.head))
    if (begins) {
      if (start !== -1) blocks.push({kind: 'code', start, end})
      start = line.contentStart
    }
    end = line.contentEnd
    afterBlank = false
  }
  if (start !== -1) blocks.push({kind: 'code', start, end})
  return {text, blocks}
}
