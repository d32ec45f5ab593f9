import {resolve} from 'node:path'
import {type OutputFormat, printResult, type Terminal, UsageError} from '@omni-ops/core/cli'
import {type Context, ExitCode} from '@omni-ops/core/operation'
import type {RewriteReport} from '../files/rewrite-sqlite.ts'

/** Where a copy of a file that is no text goes. Throws UsageError where it would be stdout. */
export function copyTarget(out: string | undefined, path: string, context: Pick<Context, 'workingDirectory'>): string {
  if (out !== undefined && out !== '-') return resolve(context.workingDirectory, out)
  throw new UsageError(`A copy of ${path} is written to a file`, {hint: 'name one with --out'})
}

/** Says what became of a copy. Returns the exit code: partial where something is in it as it was. */
export async function printCopied(
  report: RewriteReport,
  typed: {readonly format?: OutputFormat | undefined; readonly quiet: boolean},
  terminal: Terminal,
): Promise<ExitCode> {
  for (const {source, reason} of report.unread) terminal.stderr.write(`Warning: ${source}: ${reason}\n`)
  if (typed.format !== undefined) {
    await printResult(report, typed.format, {rows: 'unread', columns: ['source', 'reason']}, terminal)
  } else if (!typed.quiet) terminal.stderr.write(`${replacedLine(report.counts)}\n`)
  return report.unread.length > 0 ? ExitCode.partial : ExitCode.done
}

/** `Replaced 2 PERSON, 1 URL`. */
export function replacedLine(counts: Readonly<Record<string, number>>): string {
  const told = Object.entries(counts).map(([type, count]) => `${count} ${type}`)
  return told.length > 0 ? `Replaced ${told.join(', ')}` : 'Nothing found'
}
