import type {Present} from '../cli/command-for.ts'
import type {ciInit} from './operation.ts'

/** The file itself after a dry run, so that it can be piped; otherwise what was written and what it still needs. */
export const present: Present<typeof ciInit> = ({written, file, content, missing}, terminal) => {
  if (!written) return content
  if (!terminal.stdout.isTerminal) return undefined
  const lines = missing.map(path => `  ${path} is not there yet, and the pipeline reads it`)
  return [`Wrote ${file}`, ...lines].join('\n')
}
