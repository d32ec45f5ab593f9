import type {Config} from '@oclif/core/config'
import type {Hook} from '@oclif/core/hooks'
import {nearest} from '../operation/nearest.ts'
import {UsageError} from './error-display.ts'

/** Says that there is no such command, and names those that were perhaps meant. */
export const commandNotFound: Hook<'command_not_found'> = async function ({id, argv, config}) {
  const typed = [...id.split(':'), ...(argv ?? []).filter(word => !word.startsWith('-'))].join(' ')
  throw unknownCommand(typed, config)
}

/** The error for words that name no command; what follows them may be arguments. */
export function unknownCommand(typed: string, {bin, commandIDs, topics}: ProgramNames): UsageError {
  if (typed.startsWith('-')) {
    return new UsageError(`There is no flag ${typed.split(' ')[0]} before a command`, {hint: `${bin} --help`})
  }
  const words = typed.split(' ')
  const ids = new Set([...commandIDs, ...topics.map(({name}) => name)])
  const names = [...ids].map(id => id.replaceAll(':', ' '))
  const longest = Math.max(...names.map(name => name.split(' ').length))
  for (let count = Math.min(words.length, longest); count > 0; count--) {
    const near = nearest(
      words.slice(0, count).join(' '),
      names.filter(name => name.split(' ').length === count),
    )
    if (near.length === 0) continue
    return new UsageError(`There is no command "${bin} ${typed}"`, {
      hint: near.map(name => `${bin} ${name}`).join(', or '),
    })
  }
  return new UsageError(`There is no command "${bin} ${typed}"`, {hint: `${bin} --help`})
}

/** What a program calls its commands and topics. */
type ProgramNames = Pick<Config, 'bin' | 'commandIDs' | 'topics'>
