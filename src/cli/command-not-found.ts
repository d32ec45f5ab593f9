import type {Config} from '@oclif/core/config'
import type {Hook} from '@oclif/core/hooks'
import {nearest} from '../operation/nearest.ts'
import {UsageError} from './error-display.ts'

/** Says that there is no such command, and names those that were perhaps meant. */
export const commandNotFound: Hook<'command_not_found'> = async function ({id, argv, config}) {
  const typed = [...id.split(':'), ...(argv ?? []).filter(word => !word.startsWith('-'))].join(' ')
  throw unknownCommand(typed, config)
}

/** The error for words that name no command. */
export function unknownCommand(typed: string, config: Pick<Config, 'bin' | 'commandIDs'>): UsageError {
  const near = nearest(
    typed,
    config.commandIDs.map(id => id.replaceAll(':', ' ')),
  )
  return new UsageError(`There is no command "${config.bin} ${typed}"`, {
    hint: near.length > 0 ? near.map(name => `${config.bin} ${name}`).join(', or ') : `${config.bin} --help`,
  })
}
