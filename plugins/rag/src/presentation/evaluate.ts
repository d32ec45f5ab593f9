import {type Present, printable} from '@omni-ops/core/cli'
import type {evaluate} from '../operations/evaluate.ts'

/** The figures with their intervals, the comparison and the gates. Elsewhere than on a terminal: rows. */
export const present: Present<typeof evaluate> = (output, terminal) => {
  if (!terminal.stdout.isTerminal) return undefined
  const paint = (code: string, text: string) => (terminal.colour.stdout ? `\u001B[${code}m${text}\u001B[0m` : text)
  const dim = (text: string) => paint('2', text)
  const title = [output.set, `${output.queries} queries`, ...(output.answers === null ? [] : [output.answers])]
  const blocks = [printable(title.join(', ')), aligned(output.figures.map(figureCells), dim)]
  if (output.comparison) {
    const {comparison} = output
    blocks.push(
      `Against ${printable(comparison.with)}:`,
      aligned(
        comparison.measures.map(each => [
          each.measure,
          `${decimal(each.before)} → ${decimal(each.after)}`,
          each.verdict,
          `p ${decimal(each.p)} (${decimal(each.adjusted)}), ${each.improved} better, ${each.worsened} worse`,
        ]),
        dim,
      ),
    )
    if (comparison.unpaired > 0) blocks.push(dim(`${comparison.unpaired} queries are in one of the two only`))
  }
  if (output.gates.length > 0) {
    blocks.push(
      output.gates
        .map(({passed, gate, reason}) => {
          const verdict = passed ? paint('32', 'passed') : paint('31', 'missed')
          return `${verdict}  ${printable(gate)}  ${dim(printable(reason))}`
        })
        .join('\n'),
    )
  }
  if (output.saved !== null) blocks.push(`Saved as ${printable(output.saved)}`)
  if (output.report !== null) blocks.push(`Report in ${printable(output.report)}`)
  return blocks.join('\n\n')
}

type Figure = Parameters<Present<typeof evaluate>>[0]['figures'][number]

function figureCells({measure, value, low, high, queries}: Figure): string[] {
  const interval = low === null || high === null ? '' : `${decimal(low)} to ${decimal(high)}`
  const isSpeed = measure.endsWith('_ms') || measure.endsWith('_per_s')
  return [measure, isSpeed ? value.toFixed(1) : decimal(value), interval, `${queries} queries`]
}

function decimal(value: number): string {
  return value.toFixed(3)
}

/** Rows with their first columns aligned; what comes after the second is less important. */
function aligned(rows: readonly (readonly string[])[], dim: (text: string) => string): string {
  const width = (column: number) => Math.max(...rows.map(row => row[column]!.length))
  return rows
    .map(row => {
      const cells = row.map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(width(column))))
      return `  ${cells[0]}  ${cells[1]}  ${cells[2]}  ${dim(cells.slice(3).join('  '))}`
    })
    .join('\n')
}
