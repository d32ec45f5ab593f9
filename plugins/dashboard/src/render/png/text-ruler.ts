import type {Resvg} from '@resvg/resvg-js'
import {fontOptions} from './font-file.ts'
import {escapeXml, possibleXml} from './xml-text.ts'

/** Measures text with the font and the shaper that will draw it, so that lines are broken where they are full. */
export class TextRuler {
  readonly #Resvg: typeof Resvg
  readonly #widths = new Map<string, number>()

  constructor(library: {readonly Resvg: typeof Resvg}) {
    this.#Resvg = library.Resvg
  }

  /** In pixels. */
  width(text: string, size: number, bold: boolean): number {
    if (text.trim() === '') return text.length * size * 0.26
    const key = `${bold} ${text}`
    let width = this.#widths.get(key)
    if (width === undefined) {
      const weight = bold ? ' font-weight="700"' : ''
      const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"><text font-family="Noto Sans" font-size="100"${weight}>${escapeXml(text)}</text></svg>`
      width = new this.#Resvg(possibleXml(svg), {font: fontOptions()}).getBBox()?.width ?? 0
      this.#widths.set(key, width)
    }
    return (width * size) / 100
  }

  /** Lines no wider than so many pixels; a word that is wider by itself is cut between characters. */
  lines(text: string, size: number, bold: boolean, widest: number): readonly string[] {
    const space = size * 0.26
    const lines: string[] = []
    let line = ''
    let used = 0
    for (const word of text.split(/\s+/).flatMap(each => this.#pieces(each, size, bold, widest))) {
      const width = this.width(word, size, bold)
      if (line !== '' && used + space + width > widest) {
        lines.push(line)
        line = ''
        used = 0
      }
      used += (line === '' ? 0 : space) + width
      line = line === '' ? word : `${line} ${word}`
    }
    return line === '' ? lines : [...lines, line]
  }

  #pieces(word: string, size: number, bold: boolean, widest: number): readonly string[] {
    if (word === '') return []
    if (this.width(word, size, bold) <= widest) return [word]
    const characters = [...word]
    if (characters.length === 1) return [word]
    const half = Math.ceil(characters.length / 2)
    return [characters.slice(0, half), characters.slice(half)].flatMap(each =>
      this.#pieces(each.join(''), size, bold, widest),
    )
  }
}
