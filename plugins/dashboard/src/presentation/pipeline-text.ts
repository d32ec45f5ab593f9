import type {Present} from '@omni-ops/core/cli'
import type {ciInit} from '../operations/ci-init.ts'

/** The file itself after a dry run, so that it can be piped; otherwise what was written and what it still needs. */
export const present: Present<typeof ciInit> = ({written, file, content, missing}, terminal) => {
  if (!written) return content
  if (!terminal.stdout.isTerminal) return undefined
  return [`Wrote ${file}`, ...missing.map(path => `  ${path} is not there yet, and the pipeline reads it`)].join('\n')
}
