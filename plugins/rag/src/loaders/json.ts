import type {Block} from '../documents/document.ts'
import {skipWhiteSpace, trimWhiteSpaceEnd} from '../documents/white-space.ts'
import type {ParsedText} from './parsed-text.ts'
import {isBlankLine, textLines} from './text-lines.ts'

/** An object or array longer than this is taken apart into its members; a shorter one is one record. */
const LONGEST_RECORD = 1500
/** Records shorter than this share a block with their neighbours: a list of numbers is not taken apart number by number. */
const SHORTEST_RECORD = 120

/**
 * JSON, its text as it stands: each record a block, an element of a list or a member of an object that is long. Also
 * takes what is almost JSON (comments, a missing end): it only looks for brackets, strings and commas.
 */
export function parseJson(text: string): ParsedText {
  const blocks: Block[] = []
  let from = 0
  for (const boundary of [...recordBoundaries(text), text.length]) {
    if (boundary - from < SHORTEST_RECORD && boundary < text.length) continue
    const start = skipWhiteSpace(text, from, boundary)
    const end = trimWhiteSpaceEnd(text, start, boundary)
    if (end > start) blocks.push({kind: 'code', start, end})
    from = boundary
  }
  const title = titleOf(text)
  return {text, blocks, ...(title === undefined ? {} : {title})}
}

/** The offsets after those commas that part the members of long objects and arrays, in ascending order. One pass. */
function recordBoundaries(text: string): number[] {
  const open: {start: number; commas: number[]}[] = []
  const boundaries: number[] = []
  const close = (end: number): void => {
    const container = open.pop()
    if (container === undefined || end - container.start <= LONGEST_RECORD) return
    for (const comma of container.commas) boundaries.push(comma)
  }
  for (let offset = 0; offset < text.length; offset++) {
    switch (text[offset]) {
      case '"':
        offset = stringEnd(text, offset)
        break
      case '{':
      case '[':
        open.push({start: offset, commas: []})
        break
      case '}':
      case ']':
        close(offset + 1)
        break
      case ',':
        open.at(-1)?.commas.push(offset + 1)
        break
    }
  }
  while (open.length > 0) close(text.length)
  return boundaries.sort((one, other) => one - other)
}

/** The offset of the quote that ends the string which begins at `offset`, or of the text's last character. */
function stringEnd(text: string, offset: number): number {
  for (let end = offset + 1; end < text.length; end++) {
    if (text[end] === '\\') end++
    else if (text[end] === '"') return end
  }
  return text.length - 1
}

const TITLE = /^\s*\{\s*(?:"\$schema"\s*:\s*"[^"\\]*"\s*,\s*)?"(?:title|name)"\s*:\s*"([^"\\]{1,200})"/

/** An object that begins with its title or name is known by that. */
function titleOf(text: string): string | undefined {
  return TITLE.exec(text.slice(0, 4096))?.[1]
}

/** JSON Lines: each line a record. */
export function parseJsonLines(text: string): ParsedText {
  const blocks = textLines(text)
    .filter(line => !isBlankLine(line))
    .map(({contentStart, contentEnd}): Block => ({kind: 'row', start: contentStart, end: contentEnd}))
  return {text, blocks}
}
