import type {Present} from '../cli/command-for.ts'
import type {doctor} from './operation.ts'

const marks = {ok: ['32', '✔'], warning: ['33', '!'], problem: ['31', '✖'], off: ['2', '–']} as const

/** One line per finding, its fix below it, and a verdict. Elsewhere than on a terminal: rows. */
export const present: Present<typeof doctor> = ({healthy, findings}, terminal) => {
  if (!terminal.stdout.isTerminal) return undefined
  const paint = (code: string, text: string) => (terminal.colour.stdout ? `\u001B[${code}m${text}\u001B[0m` : text)
  const width = Math.max(...findings.map(finding => finding.name.length))
  const lines = findings.flatMap(({name, status, message, fix}) => {
    const [colour, mark] = marks[status]
    const line = `${paint(colour, mark)} ${name.padEnd(width)}  ${message}`
    return fix ? [line, `  ${' '.repeat(width)}  ${paint('2', `→ ${fix}`)}`] : [line]
  })
  return [...lines, '', healthy ? 'Everything that is needed works.' : 'There is a problem.'].join('\n')
}
