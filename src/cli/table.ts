import {Chalk} from 'chalk'
import Table from 'cli-table3'
import stringWidth from 'string-width'
import {cellText, valueAt} from './output.ts'
import {printable} from './printable.ts'
import type {Terminal} from './terminal.ts'

const gap = 2
const narrowest = 8

/**
 * Rows as a table that fits the terminal: columns keep their natural width while there is room, then the widest give
 * way, and what does not fit ends in `…`.
 */
export function renderTable(
  rows: readonly Readonly<Record<string, unknown>>[],
  columns: readonly string[],
  terminal: Terminal,
): string {
  const chalk = new Chalk({level: terminal.colour.stdout ? 1 : 0})
  const cells = rows.map(row => columns.map(column => friendly(valueAt(row, column))))
  const natural = columns.map((column, index) =>
    Math.max(stringWidth(column), ...cells.map(row => stringWidth(row[index] ?? ''))),
  )
  const widths = fitWidths(natural, terminal.stdout.columns - gap * (columns.length - 1))
  const table = new Table({
    head: columns.map(column => chalk.bold(column.toUpperCase().replaceAll('_', ' '))),
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
  const text = printable(cellText(value)).replace(/\s+/g, ' ').trim()
  if (!isoTime.test(text)) return typeof value === 'number' && !Number.isInteger(value) ? value.toFixed(3) : text
  return `${text.slice(0, 10)} ${text.slice(11, 16)}Z`
}

const isoTime = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$/
