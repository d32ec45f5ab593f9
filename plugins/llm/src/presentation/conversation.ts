import {type Present, printable} from '@omni-ops/core/cli'
import type {conversationsShow} from '../operations/conversations-show.ts'

/** To a person what was said, one after the other; a message is marked at each of its lines. */
export const present: Present<typeof conversationsShow> = ({turns, withheld}, terminal) => {
  if (!terminal.stdout.isTerminal) return undefined
  const said = turns.map(({message, answer}) => `${message.replaceAll(/^/gm, '> ')}\n\n${answer}`)
  const left = withheld === 0 ? [] : [`(${withheld} more, whose processing is restricted)`]
  return printable([...said, ...left].join('\n\n'))
}
