import {Chalk} from 'chalk'
import stringWidth from 'string-width'
import {printable} from './printable.ts'
import type {Terminal} from './terminal.ts'

/** A text with what it is called, and a line about it. */
export interface Column {
  readonly title: string
  readonly text: string
  readonly foot: string
}

const gap = 2
/** A narrower column is no pleasure to read. */
const narrowest = 24

/** Whole texts beside each other, wrapped between words; below each other where the terminal is too narrow for that. */
export function sideBySide(columns: readonly Column[], {stdout, colour}: Terminal): string {
  const width = Math.floor((stdout.columns - gap * (columns.length - 1)) / columns.length)
  return width < narrowest
    ? columns.map(column => joined([column], stdout.columns, colour.stdout)).join('\n\n')
    : joined(columns, width, colour.stdout)
}

function joined(columns: readonly Column[], width: number, isColoured: boolean): string {
  const chalk = new Chalk({level: isColoured ? 1 : 0})
  const parts = [
    {of: (column: Column) => column.title, paint: chalk.bold},
    {of: (column: Column) => column.text, paint: (line: string) => line},
    {of: (column: Column) => column.foot, paint: chalk.dim},
  ]
  return parts
    .flatMap(({of, paint}) => {
      const wrapped = columns.map(column => wrap(printable(of(column)), width))
      const height = Math.max(...wrapped.map(lines => lines.length))
      return Array.from({length: height}, (_, at) => rowOf(wrapped, at, width, paint))
    })
    .join('\n')
}

function rowOf(wrapped: readonly string[][], at: number, width: number, paint: (line: string) => string): string {
  return wrapped
    .map(lines => lines[at] ?? '')
    .map((line, index) => paint(line) + ' '.repeat(index < wrapped.length - 1 ? width - stringWidth(line) + gap : 0))
    .join('')
    .trimEnd()
}

const graphemes = new Intl.Segmenter(undefined, {granularity: 'grapheme'})

/** Lines of at most `width` columns; a word that is longer is broken. */
function wrap(text: string, width: number): string[] {
  return text.split('\n').flatMap(paragraph => {
    const lines = ['']
    for (const word of paragraph.split(/\s+/).filter(Boolean)) {
      const last = lines.at(-1)!
      const longer = last === '' ? word : `${last} ${word}`
      if (stringWidth(longer) <= width) lines[lines.length - 1] = longer
      else lines.splice(last === '' ? -1 : lines.length, 1, ...broken(word, width))
    }
    return lines
  })
}

function broken(word: string, width: number): string[] {
  const pieces = ['']
  for (const {segment} of graphemes.segment(word)) {
    const longer = pieces.at(-1)! + segment
    if (stringWidth(longer) <= width || pieces.at(-1) === '') pieces[pieces.length - 1] = longer
    else pieces.push(segment)
  }
  return pieces
}
