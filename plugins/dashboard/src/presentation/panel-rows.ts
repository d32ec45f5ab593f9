import type {Present} from '@omni-ops/core/cli'
import type {panelData} from '../operations/panel-data.ts'

/** The CSV where it was asked for, so that it can be put into a file; else a row a line, with tabs. */
export const present: Present<typeof panelData> = ({csv, columns, rows, reason}, terminal) => {
  if (csv !== null) return csv
  if (reason !== null) return `Not shown: ${reason}`
  const lines = rows.map(row => row.map(value => value ?? '').join('\t'))
  if (!terminal.stdout.isTerminal) return lines.join('\n')
  return [columns.map(({title}) => title).join('\t'), ...lines].join('\n')
}
