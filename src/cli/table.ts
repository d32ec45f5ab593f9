import {Chalk} from 'chalk'
import Table from 'cli-table3'
import stringWidth from 'string-width'
import {cellText, valueAt} from './output.ts'
import {printable} from './printable.ts'
import type {Terminal} from './terminal.ts'

const gap = 2
const narrowest = 8

type Row = Readonly<Record<string, unknown>>

/**
 * Rows as a table that fits the terminal: columns keep their natural width while there is room, then titles of several
 * words take several lines, then the widest columns give way, and what does not fit ends in `…`. Where there are more
 * columns than fit at all, those without any value are left out, and then each row is a list of its own.
 */
export function renderTable(rows: readonly Row[], columns: readonly string[], terminal: Terminal): string {
  const all = laidOut(rows, columns, terminal)
  if (fitsAtLeast(all, terminal)) return table(all, terminal)
  const used = columns.filter((_, index) => all.cells.some(row => row[index] !== ''))
  const some = laidOut(rows, used, terminal)
  return fitsAtLeast(some, terminal) ? table(some, terminal) : lists(some, terminal)
}

interface Layout {
  /** One line or, where there is little room, several. */
  readonly titles: readonly string[]
  readonly cells: readonly (readonly string[])[]
  /** Of each column, if nothing is cut. */
  readonly natural: readonly number[]
}

function laidOut(rows: readonly Row[], columns: readonly string[], terminal: Terminal): Layout {
  const cells = rows.map(row => columns.map(column => friendly(valueAt(row, column))))
  const naturalWith = (titles: readonly string[]) =>
    titles.map((title, index) => Math.max(widestLine(title), ...cells.map(row => stringWidth(row[index] ?? ''))))
  const titles = columns.map(titleOf)
  const natural = naturalWith(titles)
  if (widthOf(natural) <= terminal.stdout.columns) return {titles, cells, natural}
  const stacked = titles.map(title => title.replaceAll(' ', '\n'))
  return {titles: stacked, cells, natural: naturalWith(stacked)}
}

function fitsAtLeast({natural}: Layout, terminal: Terminal): boolean {
  return widthOf(natural.map(width => Math.min(width, narrowest))) <= terminal.stdout.columns
}

function widthOf(widths: readonly number[]): number {
  return widths.reduce((sum, width) => sum + width, 0) + gap * (widths.length - 1)
}

function table({titles, cells, natural}: Layout, terminal: Terminal): string {
  const chalk = new Chalk({level: terminal.colour.stdout ? 1 : 0})
  const widths = fitWidths(natural, terminal.stdout.columns - gap * (titles.length - 1))
  const table = new Table({
    head: titles.map(title =>
      title
        .split('\n')
        .map(line => chalk.bold(line))
        .join('\n'),
    ),
    // What is cut ends before the gap, which is padding; that of the last column goes with the end of the line.
    colWidths: widths.map(width => width + gap),
    style: {head: [], border: [], compact: true, 'padding-left': 0, 'padding-right': gap},
    chars: emptyBorders,
  })
  table.push(...cells.map(row => [...row]))
  return table
    .toString()
    .split('\n')
    .map(line => line.trimEnd())
    .join('\n')
}

/** Each row as lines of a title and its value, the values below each other; values are not cut. */
function lists({titles, cells}: Layout, terminal: Terminal): string {
  const chalk = new Chalk({level: terminal.colour.stdout ? 1 : 0})
  const names = titles.map(title => title.replaceAll('\n', ' '))
  const width = Math.max(...names.map(name => stringWidth(name))) + gap
  return cells
    .map(row =>
      row
        .flatMap((value, index) => (value === '' ? [] : [`${chalk.bold(names[index]!.padEnd(width))}${value}`]))
        .join('\n'),
    )
    .join('\n\n')
}

function titleOf(column: string): string {
  return column.toUpperCase().replaceAll(/[_.]/g, ' ')
}

function widestLine(text: string): number {
  return Math.max(...text.split('\n').map(line => stringWidth(line)))
}

const emptyBorders = Object.fromEntries(
  [
    'top',
    'top-mid',
    'top-left',
    'top-right',
    'bottom',
    'bottom-mid',
    'bottom-left',
    'bottom-right',
    'left',
    'left-mid',
    'mid',
    'mid-mid',
    'right',
    'right-mid',
    'middle',
  ].map(name => [name, '']),
)

/**
 * Takes from the widest column first until the sum fits, but leaves each at least 8 wide (or its natural width), and to
 * the first, by which a row is known, half of the space as long as the others can give way.
 */
export function fitWidths(natural: readonly number[], available: number): number[] {
  const half = Math.floor(available / 2)
  const widths = natural.map(width => Math.min(width, Math.max(available, narrowest)))
  const rowName = shrunk(widths, available, index => (index === 0 ? Math.max(half, narrowest) : narrowest))
  return shrunk(rowName, available, () => narrowest)
}

function shrunk(widths: readonly number[], available: number, least: (index: number) => number): number[] {
  const result = [...widths]
  for (let total = result.reduce((sum, width) => sum + width, 0); total > available; total--) {
    const able = result.map((width, index) => (width > least(index) ? width : 0))
    const widest = Math.max(...able)
    if (widest === 0) break
    result[able.indexOf(widest)] = widest - 1
  }
  return result
}

function friendly(value: unknown): string {
  if (Array.isArray(value) && value.every(each => typeof each !== 'object')) return friendly(value.join(', '))
  const text = printable(cellText(value)).replace(/\s+/g, ' ').trim()
  if (!isoTime.test(text)) return typeof value === 'number' && !Number.isInteger(value) ? threeDigits(value) : text
  return `${text.slice(0, 10)} ${text.slice(11, 16)}Z`
}

/** What is given more exactly is cut; a tenth stays one. */
function threeDigits(value: number): string {
  return String(Number(value.toFixed(3)))
}

const isoTime = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$/
