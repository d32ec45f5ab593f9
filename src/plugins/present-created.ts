import type {Present} from '../cli/command-for.ts'
import type {pluginsCreate} from './operations/create.ts'

/** What was written and what to do with it. Elsewhere than on a terminal: one row. */
export const present: Present<typeof pluginsCreate> = ({directory, files, next}, terminal) => {
  if (!terminal.stdout.isTerminal) return undefined
  return [`Wrote ${files.length} files to ${directory}. Next:`, ...next.map(line => `  ${line}`)].join('\n')
}
