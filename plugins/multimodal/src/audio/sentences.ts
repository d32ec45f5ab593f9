/**
 * A long text as parts that are no longer than is allowed, counted in characters as vendors do (code points). Parts end
 * with a paragraph where one fits, else with a sentence, else with a word; only what has no spaces is cut anywhere. The
 * parts together have every character of the text but white space at their ends.
 */
export function textParts(text: string, longest: number): readonly string[] {
  const parts: string[] = []
  let part = ''
  const add = (piece: string) => {
    if (lengthOf(part.trimEnd()) > 0 && lengthOf((part + piece).trimEnd()) > longest) {
      parts.push(part.trim())
      part = ''
    }
    part += piece
  }
  for (const piece of splitBy(text, longest, levels)) add(piece)
  if (part.trim() !== '') parts.push(part.trim())
  return parts
}

/** Code points: an emoji is one character to a vendor, and two to JavaScript. */
export function lengthOf(text: string): number {
  let count = 0
  for (const _ of text) count++
  return count
}

type Split = (text: string) => readonly string[]

const paragraphs: Split = text => text.split(/(?<=\n\s*\n)/)
const sentences: Split = text =>
  [...new Intl.Segmenter(undefined, {granularity: 'sentence'}).segment(text)].map(({segment}) => segment)
const words: Split = text => text.split(/(?<=\s)/)
const levels: readonly Split[] = [paragraphs, sentences, words]

function* splitBy(text: string, longest: number, [split, ...finer]: readonly Split[]): Generator<string> {
  if (lengthOf(text.trimEnd()) <= longest) return void (yield text)
  if (split === undefined) {
    const characters = [...text]
    for (let at = 0; at < characters.length; at += longest) yield characters.slice(at, at + longest).join('')
    return
  }
  for (const piece of split(text)) yield* splitBy(piece, longest, finer)
}
